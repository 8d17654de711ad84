import Statistics
import Testing

/// Whether two numbers agree to six digits behind the point, or both are missing.
private func agree(_ first: Double?, _ second: Double?) -> Bool {
    guard let first, let second else { return first == nil && second == nil }
    return abs(first - second) < 1e-6
}

@Suite("Survival")
struct KaplanMeierTests {
    private static func curve(_ lives: [(Double, Double, Bool)]) -> KaplanMeier {
        KaplanMeier(lives.map { ObservedLife(entry: $0.0, exit: $0.1, isEvent: $0.2) })
    }

    @Test("agrees with lifelines at every step", arguments: ReferenceCurve.all)
    func steps(reference: ReferenceCurve) {
        let curve = Self.curve(reference.lives)
        #expect(curve.steps.count == reference.steps.count)
        for (step, expected) in zip(curve.steps, reference.steps) {
            #expect(step.time == expected.0)
            #expect(step.atRisk == expected.1)
            #expect(step.events == expected.2)
            #expect(agree(step.survival, expected.3))
            #expect(agree(step.variance, expected.4))
            #expect(agree(step.band?.lowerBound, expected.5))
            #expect(agree(step.band?.upperBound, expected.6))
        }
        #expect(curve.minimumAtRisk == reference.steps.map(\.1).min())
    }

    @Test("has the quantiles and intervals of lifelines", arguments: ReferenceCurve.all)
    func quantiles(reference: ReferenceCurve) {
        let curve = Self.curve(reference.lives)
        for (share, value, lower, upper) in reference.quantiles {
            let estimate = curve.quantile(share)
            #expect(agree(estimate.value, value), "\(share)")
            #expect(agree(estimate.lower, lower), "\(share)")
            #expect(agree(estimate.upper, upper), "\(share)")
        }
    }

    @Test("has the restricted mean of lifelines", arguments: ReferenceCurve.all)
    func restrictedMean(reference: ReferenceCurve) throws {
        let curve = Self.curve(reference.lives)
        let mean = try #require(curve.restrictedMean(until: reference.mean.0))
        #expect(mean.horizon == reference.mean.0)
        #expect(agree(mean.value, reference.mean.1))
        #expect(agree(mean.standardError, reference.mean.2))
        #expect(agree(mean.lower, reference.mean.1 - 1.959963984540054 * reference.mean.2))
    }

    @Test("of lives without censoring is the plain share, and the mean the plain mean")
    func complete() throws {
        let curve = Self.curve([(0, 1, true), (0, 2, true), (0, 3, true), (0, 10, true)])
        #expect(curve.steps.map(\.survival) == [0.75, 0.5, 0.25, 0])
        #expect(curve.quantile(0.5).value == 2)
        #expect(curve.quantile(0.75).value == 3)
        #expect(curve.quantile(0.9).value == 10)
        #expect(curve.quantile(0.9).upper == nil)
        #expect(curve.steps.last?.variance == nil)
        #expect(try #require(curve.restrictedMean(until: 100)).value == 4)
        #expect(try #require(curve.restrictedMean(until: 100)).horizon == 10)
        #expect(curve.survival(at: 0.5) == 1)
        #expect(curve.survival(at: 2) == 0.5)
        #expect(curve.collapse == nil)
    }

    @Test("counts a life as at risk only after it was entered, not at that moment")
    func entryAtEvent() {
        let curve = Self.curve([(0, 5, true), (5, 9, true), (0, 9, false)])
        #expect(curve.steps.map(\.atRisk) == [2, 2])
    }

    @Test("keeps lives of length 0 that were seen from their beginning, and counts what it drops")
    func degenerate() {
        let curve = Self.curve([
            (0, 0, true), (0, 4, true), (3, 3, true), (4, 2, true), (.nan, 1, true),
            (0, .infinity, false), (0, -1, true),
        ])
        #expect(curve.used == 2)
        #expect(curve.ignored == 5)
        #expect(curve.steps.map(\.time) == [0, 4])
        #expect(curve.steps.first?.survival == 0.5)
    }

    @Test("that falls to 0 before the last life ended says so")
    func collapsed() {
        let curve = Self.curve([(0, 1, true), (2, 8, true), (3, 9, false)])
        #expect(curve.collapse == 1)
        #expect(curve.minimumAtRisk == 1)
        #expect(curve.steps.map(\.survival) == [0, 0])
    }

    @Test("of nobody knows nothing")
    func nobody() {
        let curve = KaplanMeier([])
        #expect(curve.quantile(0.5) == Estimate(value: nil, lower: nil, upper: nil))
        #expect(curve.restrictedMean(until: 10) == nil)
        #expect(curve.minimumAtRisk == nil)
        #expect(curve.lastTime == nil)
    }
}
