/// How fast a figure grew: the median of the slopes between all pairs of points (Theil 1950, Sen
/// 1968), which a few odd points do not move.
struct Trend: Hashable, Sendable {
    /// Thinned to so many points, of equal steps, before pairs are made.
    private static let most = 96

    /// A second.
    let slope: Double
    /// Of the steps from one point to the next, those that do not go down; of the whole, 1.
    let steadiness: Double

    /// nil where less than three points, or no time, lie between.
    init?(_ points: [(at: Int64, value: Double)]) {
        let step = max(1, (points.count + Self.most - 1) / Self.most)
        var kept = stride(from: 0, to: points.count, by: step).map { points[$0] }
        if let last = points.last, kept.last?.at != last.at { kept.append(last) }
        guard kept.count >= 3 else { return nil }
        var slopes: [Double] = []
        for (index, first) in kept.enumerated() {
            for second in kept[(index + 1)...] where second.at > first.at {
                slopes.append((second.value - first.value) * 1e6 / Double(second.at - first.at))
            }
        }
        guard !slopes.isEmpty else { return nil }
        slopes.sort()
        let middle = slopes.count / 2
        slope =
            slopes.count.isMultiple(of: 2)
            ? (slopes[middle - 1] + slopes[middle]) / 2 : slopes[middle]
        let steps = zip(kept, kept.dropFirst())
        let up = steps.filter { $0.value <= $1.value }.count
        steadiness = Double(up) / Double(kept.count - 1)
    }

    /// Seconds until a limit is reached at this rate; nil where it does not grow.
    func seconds(from value: Double, to limit: Double) -> Double? {
        guard slope > 0 else { return nil }
        return max(0, (limit - value) / slope)
    }
}
