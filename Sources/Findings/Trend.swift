import Statistics

/// Whether a figure rose all the time, by its lowest values: the least of each quarter of the time is
/// not below that of the quarter before. Peaks, which come and go, say nothing.
struct Rise: Hashable, Sendable {
    /// A stretch of time with one value.
    typealias Stretch = (from: Int64, until: Int64, value: Double)

    /// The least of each quarter, in their order.
    let troughs: [Double]

    /// nil where a quarter has no value.
    init?(_ stretches: [Stretch]) {
        guard let from = stretches.map(\.from).min(), let until = stretches.map(\.until).max(),
            until > from
        else { return nil }
        let troughs = (0..<4).compactMap { quarter -> Double? in
            let start = from + (until - from) * Int64(quarter) / 4
            let end = from + (until - from) * Int64(quarter + 1) / 4
            return stretches.filter { $0.from < end && $0.until > start }.map(\.value).min()
        }
        guard troughs.count == 4 else { return nil }
        self.troughs = troughs
    }

    /// By how much the last quarter's least is above the first one's.
    var growth: Double { troughs[3] - troughs[0] }

    /// Whether it never went down, and at least this share of the growth came in the second half:
    /// what only warms up grows at first and then stays.
    func isSteady(late share: Double) -> Bool {
        guard growth > 0, zip(troughs, troughs.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            return false
        }
        return troughs[3] - troughs[1] >= share * growth
    }
}

/// How fast a figure grew, by the slope of Theil and Sen.
struct Trend: Hashable, Sendable {
    /// Thinned to so many points, of equal steps, before pairs are made.
    private static let most = 96

    /// A second.
    let slope: Double

    /// nil where less than three points, or no time, lie between.
    init?(_ points: [(at: Int64, value: Double)]) {
        let step = max(1, (points.count + Self.most - 1) / Self.most)
        var kept = stride(from: 0, to: points.count, by: step).map { points[$0] }
        if let last = points.last, kept.last?.at != last.at { kept.append(last) }
        guard kept.count >= 3 else { return nil }
        let line = TheilSen(kept.map { (Double($0.at - kept[0].at) / 1e6, $0.value) })
        guard let slope = line?.slope else { return nil }
        self.slope = slope
    }

    /// Seconds until a limit is reached at this rate; nil where it does not grow.
    func seconds(from value: Double, to limit: Double) -> Double? {
        guard slope > 0 else { return nil }
        return max(0, (limit - value) / slope)
    }
}
