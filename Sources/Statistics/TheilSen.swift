/// A robust line through points: up to 29 % of them may be anything (Theil 1950; Sen 1968).
package struct TheilSen: Hashable, Sendable {
    /// The median of the slopes between all pairs of points with different x.
    package let slope: Double
    /// The line's y at x = 0: the median of y less slope times the median of x.
    package let intercept: Double
    /// The lower end of the slope's 95 % interval.
    package let lower: Double
    /// The upper end of the slope's 95 % interval.
    package let upper: Double
    /// How many points the line rests on.
    package let count: Int

    /// Fits a line; nil with fewer than two different x. Of more than `limit` points, evenly
    /// spaced ones are taken, since pairs grow with the square.
    ///
    /// The interval inverts Kendall's test with its normal approximation, corrected for ties (Sen
    /// 1968, formula 2.6). It takes points as independent: neighbours of a slowly changing series
    /// are not, and then it is too narrow.
    package init?(_ points: [(x: Double, y: Double)], limit: Int = 500) {
        let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
        let used = Self.thinned(finite, to: max(2, limit))
        let slopes = Self.slopes(used).sorted()
        guard let slope = Samples.median(slopes), let middleX = Samples.median(used.map(\.x)),
            let middleY = Samples.median(used.map(\.y))
        else { return nil }
        self.slope = slope
        intercept = middleY - slope * middleX
        count = used.count
        let spread = Normal.z95 * Self.kendallVariance(used).squareRoot()
        let pairs = Double(slopes.count)
        let below = Int(((pairs - spread) / 2).rounded(.toNearestOrEven))
        let above = Int(((pairs + spread) / 2).rounded(.toNearestOrEven))
        lower = slopes[max(0, min(slopes.count - 1, below - 1))]
        upper = slopes[max(0, min(slopes.count - 1, above))]
    }

    private static func thinned(
        _ points: [(x: Double, y: Double)], to limit: Int
    ) -> [(x: Double, y: Double)] {
        guard points.count > limit else { return points }
        return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
    }

    private static func slopes(_ points: [(x: Double, y: Double)]) -> [Double] {
        var slopes: [Double] = []
        slopes.reserveCapacity(points.count * max(0, points.count - 1) / 2)
        for (index, first) in points.enumerated() {
            for second in points[(index + 1)...] where second.x != first.x {
                slopes.append((second.y - first.y) / (second.x - first.x))
            }
        }
        return slopes
    }

    /// The variance of Kendall's score, less what ties in x and y take from it.
    private static func kendallVariance(_ points: [(x: Double, y: Double)]) -> Double {
        let whole = term(points.count)
        return max(0, whole - ties(points.map(\.x)) - ties(points.map(\.y))) / 18
    }

    private static func ties(_ values: [Double]) -> Double {
        Dictionary(grouping: values) { $0 }.values.reduce(0) { $0 + term($1.count) }
    }

    private static func term(_ count: Int) -> Double {
        Double(count) * Double(count - 1) * Double(2 * count + 5)
    }
}
