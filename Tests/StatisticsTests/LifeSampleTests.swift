import Statistics
import Testing

@Suite("Quantiles of many lives")
struct LifeSampleTests {
    private static let shares = [0.1, 0.5, 0.9, 0.95, 0.99]

    /// Lives with ties, a tenth of which had not ended.
    private func lives(_ count: Int, seed: UInt64) -> [(length: Int64, isEvent: Bool)] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Int64(state >> 33)
            return (number % 60_000 * (number % 7 + 1), number % 10 != 3)
        }
    }

    @Test("are those of the product-limit estimate", arguments: [0, 1, 2, 50, 5_000, 150_000])
    func same(count: Int) {
        let lives = lives(count, seed: UInt64(count) + 1)
        var sample = LifeSample()
        for life in lives { sample.add(life.length, isEvent: life.isEvent) }
        let reference = KaplanMeier(
            lives.map { ObservedLife(exit: Double($0.length) / 2e6, isEvent: $0.isEvent) })
        #expect(sample.quantiles(Self.shares) == Self.shares.map { reference.quantile($0) })
        #expect(sample.stillOpen == lives.count { !$0.isEvent })
    }

    @Test("are the same however the lives were counted in parts")
    func parts() {
        let lives = lives(9_000, seed: 5)
        var whole = LifeSample()
        var parts = [LifeSample(), LifeSample(), LifeSample()]
        for (index, life) in lives.enumerated() {
            whole.add(life.length, isEvent: life.isEvent)
            parts[index % 3].add(life.length, isEvent: life.isEvent)
        }
        parts[0].merge(parts[1])
        parts[0].merge(parts[2])
        #expect(parts[0].count == 9_000)
        #expect(parts[0].quantiles(Self.shares) == whole.quantiles(Self.shares))
    }

    @Test("need no life to have ended")
    func censored() {
        var sample = LifeSample()
        sample.add(5, isEvent: false)
        #expect(sample.quantiles([0.5]) == [Estimate(value: nil, lower: nil, upper: nil)])
    }
}
