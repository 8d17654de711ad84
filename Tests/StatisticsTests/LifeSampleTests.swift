import Statistics
import Testing

@Suite("Quantiles of many lives")
struct LifeSampleTests {
    private static let shares = [0.1, 0.5, 0.9, 0.95, 0.99]

    /// Lives with ties, a tenth of which had not ended and some of which were entered late.
    private func lives(_ count: Int, seed: UInt64, late: Bool = false) -> [AgedLife] {
        var random = Seeded(seed)
        return (0..<count).map { _ in
            let number = Int64(random.next() >> 33)
            let exit = number % 60_000 * (number % 7 + 1)
            return AgedLife(
                entry: late && number % 3 == 0 ? exit / 2 : 0, exit: exit,
                isEvent: number % 10 != 3)
        }
    }

    private func sample(_ lives: [AgedLife]) -> LifeSample {
        var sample = LifeSample()
        for life in lives { sample.add(life) }
        return sample
    }

    @Test(
        "are those of the product-limit estimate", arguments: [0, 1, 2, 50, 5_000, 150_000],
        [false, true])
    func same(count: Int, late: Bool) throws {
        let lives = lives(count, seed: UInt64(count) + 1, late: late)
        let sample = sample(lives)
        let reference = KaplanMeier(lives.map(\.observed))
        let told = sample.estimates(Self.shares, meanUntil: 0.1)
        #expect(told.quantiles == Self.shares.map { reference.quantile($0) })
        #expect(sample.stillOpen == lives.count { !$0.isEvent })
        #expect(sample.enteredLate == lives.count { $0.entry > 0 })
        let mean = reference.restrictedMean(until: 0.1)
        #expect(told.mean?.horizon == mean?.horizon)
        guard let told = told.mean, let mean else { return }
        #expect(abs(told.value - mean.value) < 1e-9)
        #expect(abs(told.standardError - mean.standardError) < 1e-9)
        // Compared beforehand: to tell the difference of two long lists takes minutes.
        let isSame = Array(IteratorSequence(sample.curve)) == reference.steps
        #expect(isSame)
        #expect(
            sample.survival(at: [0, 0.01, 0.1])
                == [0, 0.01, 0.1].map { reference.survival(at: $0) })
    }

    @Test("are the same however the lives were counted in parts")
    func parts() {
        let lives = lives(9_000, seed: 5, late: true)
        let whole = sample(lives)
        var parts = [LifeSample(), LifeSample(), LifeSample()]
        for (index, life) in lives.enumerated() { parts[index % 3].add(life) }
        parts[0].merge(parts[1])
        parts[0].merge(parts[2])
        #expect(parts[0].count == 9_000)
        #expect(
            parts[0].estimates(Self.shares, meanUntil: 1)
                == whole.estimates(Self.shares, meanUntil: 1))
    }

    @Test("need no life to have ended")
    func censored() {
        let told = sample([AgedLife(exit: 5, isEvent: false)]).estimates([0.5], meanUntil: 1)
        #expect(told.quantiles == [Estimate(value: nil, lower: nil, upper: nil)])
    }

    @Test("say from which age on nobody was left although others lived longer")
    func collapse() {
        let lives = [(0, 1), (2, 8), (3, 9)].map {
            AgedLife(entry: $0 * 2_000_000, exit: $1 * 2_000_000, isEvent: true)
        }
        #expect(sample(lives).estimates([], meanUntil: 10).collapse == 1)
        #expect(sample([lives[0]]).estimates([], meanUntil: 10).collapse == nil)
    }
}
