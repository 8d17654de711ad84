/// The slope of a line through points, as the median of the slopes between any two of them: a few
/// odd points do not move it. H. Theil (1950); the interval is P. K. Sen's, "Estimates of the
/// regression coefficient based on Kendall's tau", Journal of the American Statistical Association
/// 63 (1968), equation 2.6, with its correction for ties.
package struct TheilSen: Equatable, Sendable {
    /// Rise for each unit of x.
    package let slope: Double
    /// The 95 % interval. It takes the points for independent of each other.
    package let lower: Double
    package let upper: Double

    /// nil for fewer than two points, or where all have the same x.
    package init?(_ points: [(x: Double, y: Double)]) {
        var slopes: [Double] = []
        slopes.reserveCapacity(points.count * max(0, points.count - 1) / 2)
        for (index, first) in points.enumerated() {
            for second in points[..<index] where first.x != second.x {
                slopes.append((first.y - second.y) / (first.x - second.x))
            }
        }
        guard !slopes.isEmpty else { return nil }
        slopes.sort()
        let middle = slopes.count / 2
        slope =
            slopes.count.isMultiple(of: 2)
            ? (slopes[middle - 1] + slopes[middle]) / 2
            : slopes[middle]
        let spread = Normal.z95 * Self.deviation(points)
        let number = Double(slopes.count)
        let low = Int(((number - spread) / 2).rounded(.toNearestOrEven)) - 1
        let high = Int(((number + spread) / 2).rounded(.toNearestOrEven))
        lower = slopes[max(0, min(low, slopes.count - 1))]
        upper = slopes[max(0, min(high, slopes.count - 1))]
    }

    /// The standard deviation of Kendall's score if nothing rises or falls.
    private static func deviation(_ points: [(x: Double, y: Double)]) -> Double {
        func weight(_ count: Int) -> Double {
            let number = Double(count)
            return number * (number - 1) * (2 * number + 5)
        }
        func ties(_ values: [Double]) -> Double {
            Dictionary(grouping: values) { $0 }.values.reduce(0) { $0 + weight($1.count) }
        }
        let variance =
            (weight(points.count) - ties(points.map(\.x)) - ties(points.map(\.y))) / 18
        return max(0, variance).squareRoot()
    }

    /// Whether the interval leaves no doubt that it rises, or that it falls; nil where it does not.
    package var direction: Direction? {
        if lower > 0 { return .rising }
        return upper < 0 ? .falling : nil
    }

    /// Where a line leads.
    package enum Direction: Sendable {
        case rising, falling
    }
}
