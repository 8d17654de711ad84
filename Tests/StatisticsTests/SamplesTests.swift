import Statistics
import Testing

@Suite("Samples")
struct SamplesTests {
    /// Computed with numpy.quantile.
    @Test(
        "have the quantiles that numpy gives",
        arguments: [
            (0, 3.5), (0.1, 5.6), (0.25, 11), (0.5, 20), (0.9, 44), (0.99, 49.4), (1, 50),
        ] as [(Double, Double)])
    func quantiles(share: Double, expected: Double) throws {
        let sample = [15, 20, 35, 40, 50, 3.5, 7, .nan]
        #expect(abs(try #require(Samples.quantile(share, of: sample)) - expected) < 1e-9)
    }

    @Test("that are empty have none")
    func empty() {
        #expect(Samples.quantile(0.5, of: []) == nil)
        #expect(Samples.median([.nan]) == nil)
        #expect(Samples.quantile(1.5, of: [1]) == nil)
        #expect(Samples.quantiles([0, 1], of: [7]) == [7, 7])
    }
}

@Suite("Histograms")
struct HistogramTests {
    @Test("count each number in the bin whose lower edge it reaches")
    func edges() {
        let histogram = Histogram([0.001, 0.0019, 0.002, 0.005, 0.0099, 0.01, 0, -1, .nan])
        #expect(histogram.bins.map(\.lower) == [0.001, 0.002, 0.005, 0.01])
        #expect(histogram.bins.map(\.upper) == [0.002, 0.005, 0.01, 0.02])
        #expect(histogram.bins.map(\.count) == [2, 1, 2, 1])
        #expect(histogram.notPositive == 2)
    }

    @Test("keep empty bins between full ones")
    func gaps() {
        let bins = Histogram([1, 60]).bins
        #expect(bins.map(\.lower) == [1, 2, 5, 10, 20, 50])
        #expect(bins.map(\.count) == [1, 0, 0, 0, 0, 1])
    }

    @Test("hold the smallest and the largest number")
    func extremes() {
        #expect(Histogram([.leastNonzeroMagnitude]).bins.map(\.count).reduce(0, +) == 1)
        #expect(Histogram([1.7e308]).bins.map(\.count).reduce(0, +) == 1)
        #expect(Histogram([]).bins.isEmpty)
    }
}

@Suite("Growth")
struct TheilSenTests {
    /// Computed with scipy.stats.theilslopes (1.17.1).
    @Test("is the line and interval that scipy finds, in spite of outliers and ties")
    func scipy() throws {
        let x: [Double] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]
        let y: [Double] = [3, 5, 4, 9, 8, 30, 12, 13, -7, 16, 18, 18]
        let line = try #require(TheilSen(Array(zip(x, y)).map { (x: $0.0, y: $0.1) }))
        #expect(abs(line.slope - 1.5) < 1e-9)
        #expect(abs(line.intercept - 2.25) < 1e-9)
        #expect(abs(line.lower - 1.0) < 1e-9)
        #expect(abs(line.upper - 1.8) < 1e-9)
    }

    /// Computed with scipy.stats.theilslopes (1.17.1); without the correction for ties the lower
    /// end would be 1/14.
    @Test("of a count that often stands still has a narrower interval")
    func ties() throws {
        let y: [Double] = [5, 5, 5, 5, 6, 6, 6, 5, 7, 7, 7, 9, 7, 6, 7, 8, 7, 7, 9, 7]
        let line = try #require(TheilSen(y.enumerated().map { (x: Double($0), y: $1) }))
        #expect(abs(line.slope - 2.0 / 13) < 1e-9)
        #expect(abs(line.lower - 1.0 / 13) < 1e-9)
        #expect(abs(line.upper - 2.0 / 9) < 1e-9)
    }

    @Test("of a few points has the widest interval that their slopes allow")
    func few() throws {
        let y = [2.5, 2.5, 3.5, 4.0, 9.5]
        let line = try #require(TheilSen(y.enumerated().map { (x: Double($0), y: $1) }))
        #expect(abs(line.slope - 0.875) < 1e-9)
        #expect(abs(line.intercept - 1.75) < 1e-9)
        #expect(line.lower == 0)
        #expect(line.upper == 5.5)
    }

    @Test("of many points rests on evenly spaced ones")
    func many() throws {
        let points = (0..<10_000).map { (x: Double($0), y: 3 * Double($0) + 1) }
        let line = try #require(TheilSen(points, limit: 100))
        #expect(line.count == 100)
        #expect(line.slope == 3)
        #expect(line.intercept == 1)
    }

    @Test("needs two different times")
    func undefined() {
        #expect(TheilSen([]) == nil)
        #expect(TheilSen([(x: 1, y: 1)]) == nil)
        #expect(TheilSen([(x: 1, y: 1), (x: 1, y: 5)]) == nil)
        #expect(TheilSen([(x: .nan, y: 1), (x: 1, y: 5)]) == nil)
    }
}
