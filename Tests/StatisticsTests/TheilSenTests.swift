import Statistics
import Testing

@Suite("A robust slope")
struct TheilSenTests {
    /// Points, and what `scipy.stats.theilslopes(y, x, 0.95)` of scipy 1.17.1 says of them: slope,
    /// low_slope, high_slope.
    private static let references: [(xs: [Double], ys: [Double], slope: [Double])] = [
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 5, 7, 9, 11, 13, 15, 17, 19, 21], [2, 2, 2]),
        (
            (0..<20).map(Double.init),
            [10, 10, 10, 12, 12, 12, 12, 15, 15, 15, 15, 15, 18, 18, 19, 19, 19, 19, 22, 22],
            [0.6363636363636364, 0.5625, 0.7058823529411765]
        ),
        (
            (0..<12).map(Double.init),
            [1.0, 2.1, 2.9, 4.2, 5.0, 90.0, 7.1, 7.9, 9.2, 10.1, 10.8, 12.0],
            [0.9999999999999999, 0.9666666666666665, 1.0285714285714285]
        ),
        (
            (0..<15).map(Double.init), [5, 4, 6, 5, 5, 4, 6, 5, 7, 4, 5, 6, 4, 5, 5],
            [0, -0.1111111111111111, 0.1111111111111111]
        ),
        (
            [0, 0.5, 1.5, 2, 4, 4.5, 7, 8, 9.5, 11], [40, 41, 36, 37, 30, 31, 22, 20, 17, 12],
            [-2.5454545454545454, -2.8, -2.4]
        ),
        ((0..<8).map(Double.init), Array(repeating: 7, count: 8), [0, 0, 0]),
        ([0, 0, 1, 1, 2, 3, 5, 5, 5, 8], [1, 2, 2, 3, 5, 4, 8, 9, 7, 15], [1.5, 1, 2]),
        ([0, 1, 2], [1, 4, 2], [0.5, -2, 3]),
    ]

    @Test("agrees with scipy, and so does its interval", arguments: references.indices)
    func reference(index: Int) throws {
        let (xs, ys, slope) = Self.references[index]
        let line = try #require(TheilSen(zip(xs, ys).map { (x: $0, y: $1) }))
        for (found, expected) in zip([line.slope, line.lower, line.upper], slope) {
            #expect(abs(found - expected) < 1e-12)
        }
    }

    @Test func `does not depend on the order of the points`() throws {
        let (xs, ys, _) = Self.references[4]
        let points = zip(xs, ys).map { (x: $0, y: $1) }
        #expect(TheilSen(points) == TheilSen(points.reversed()))
    }

    @Test func `rises or falls only where the interval leaves 0 out`() throws {
        func direction(_ index: Int) -> TheilSen.Direction? {
            TheilSen(zip(Self.references[index].xs, Self.references[index].ys).map { ($0, $1) })?
                .direction
        }
        #expect(direction(1) == .rising)
        #expect(direction(4) == .falling)
        #expect(direction(3) == nil)
        #expect(direction(5) == nil)
        #expect(direction(7) == nil)
    }

    @Test func `is not known of one point, or of one moment`() {
        #expect(TheilSen([]) == nil)
        #expect(TheilSen([(1, 2)]) == nil)
        #expect(TheilSen([(1, 2), (1, 3)]) == nil)
    }
}
