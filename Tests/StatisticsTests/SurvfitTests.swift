import Statistics
import Testing

/// Estimates against those of R's package survival, on data that are drawn as the test runs.
@Suite("The survival estimate is that of R")
struct SurvfitTests {
    private typealias Life = (entry: Double, exit: Double, isEvent: Bool)

    /// Half milliseconds, so that seconds have four decimals and half microseconds are whole.
    private static let grain: Int64 = 1000

    /// Sets of every size, with and without ties, delayed entries and much censoring.
    private static let sets: [(number: Int, lives: [AgedLife])] = {
        var sets: [(number: Int, lives: [AgedLife])] = []
        for size in [1, 2, 3, 5, 8, 20, 60, 400, 2_000] {
            for (late, censored) in [(0.0, 0.0), (0, 0.4), (0, 0.9), (0.5, 0.3), (0.95, 0.7)] {
                for distinct in [6.0, 4_000] {
                    let number = sets.count + 1
                    sets.append((number, draw(size, late, censored, distinct, UInt64(number))))
                }
            }
        }
        return sets
    }()

    private static func draw(
        _ size: Int, _ late: Double, _ censored: Double, _ distinct: Double, _ seed: UInt64
    ) -> [AgedLife] {
        var random = Seeded(seed)
        return (0..<size).map { _ in
            // Mostly short, some long: the square of a uniform number.
            let share = random.unit()
            let exit = 1 + Int64(share * share * distinct)
            let isLate = exit > 1 && random.unit() < late
            let entry = isLate ? Int64(random.unit() * Double(exit)) : 0
            return AgedLife(
                entry: entry * grain, exit: exit * grain, isEvent: random.unit() >= censored)
        }
    }

    private static let reference = Result {
        try Survfit(
            sets.map { set in
                (set.number, set.lives.map(\.observed).map { ($0.entry, $0.exit, $0.isEvent) })
            })
    }

    private func agree(_ mine: Double?, _ theirs: Double?) -> Bool {
        guard let mine, let theirs else { return mine == nil && theirs == nil }
        return abs(mine - theirs) <= 1e-6 * max(1, abs(theirs))
    }

    @Test func `Each step has its numbers at risk, its share, its variance and its band`() throws {
        let reference = try Self.reference.get()
        for (number, lives) in Self.sets {
            let steps = KaplanMeier(lives.map(\.observed)).steps
            let expected = reference.steps[number] ?? []
            #expect(steps.count == expected.count, "set \(number)")
            for (step, row) in zip(steps, expected) {
                #expect(agree(step.time, row.numbers[0]), "set \(number)")
                #expect(Double(step.atRisk) == row.numbers[1], "set \(number)")
                #expect(Double(step.events) == row.numbers[2], "set \(number)")
                #expect(agree(step.survival, row.numbers[3]), "set \(number)")
                guard step.survival > 0 else { continue }
                let error = step.greenwoodSum?.squareRoot()
                #expect(agree(error, row.numbers[4]), "set \(number)")
                #expect(agree(step.band?.lowerBound, row.numbers[5]), "set \(number)")
                #expect(agree(step.band?.upperBound, row.numbers[6]), "set \(number)")
            }
        }
        #expect(reference.steps.values.reduce(0) { $0 + $1.count } > 5_000)
    }

    @Test
    func `Quantiles have its values and its log-log intervals, and are missing where it has none`()
        throws
    {
        let reference = try Self.reference.get()
        for (number, lives) in Self.sets {
            let rows = try #require(reference.quantiles[number])
            var sample = LifeSample()
            for life in lives { sample.add(life) }
            let curve = KaplanMeier(lives.map(\.observed))
            let shares = rows.compactMap { $0.numbers[0] }
            let told = sample.estimates(shares, meanUntil: 1).quantiles
            for (index, row) in rows.enumerated() {
                let estimate = curve.quantile(shares[index])
                #expect(agree(estimate.value, row.numbers[1]), "set \(number), \(shares[index])")
                #expect(agree(estimate.lower, row.numbers[2]), "set \(number), \(shares[index])")
                #expect(agree(estimate.upper, row.numbers[3]), "set \(number), \(shares[index])")
                #expect(told[index] == estimate, "set \(number), \(shares[index])")
            }
        }
        let missing = reference.quantiles.values.joined().count { $0.numbers[1] == nil }
        #expect(missing > 50)
    }

    @Test func `The mean up to a horizon has its value and its standard error`() throws {
        let reference = try Self.reference.get()
        var compared = 0
        for (number, lives) in Self.sets {
            var sample = LifeSample()
            for life in lives { sample.add(life) }
            let curve = KaplanMeier(lives.map(\.observed))
            for row in reference.means[number] ?? [] {
                let horizon = try #require(row.numbers[0])
                for mean in [
                    curve.restrictedMean(until: horizon),
                    sample.estimates([], meanUntil: horizon).mean,
                ] {
                    #expect(agree(mean?.value, row.numbers[1]), "set \(number) to \(horizon)")
                    #expect(
                        agree(mean?.standardError, row.numbers[2]), "set \(number) to \(horizon)")
                }
                compared += 1
            }
        }
        #expect(compared > 200)
    }

    @Test func `Of no lives there is nothing to tell`() {
        let told = LifeSample().estimates([0.5], meanUntil: 10)
        #expect(told.quantiles == [Estimate(value: nil, lower: nil, upper: nil)])
        #expect(told.mean == nil)
        #expect(told.collapse == nil)
    }
}
