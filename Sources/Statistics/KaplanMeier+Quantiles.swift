import Glibc

/// An estimate with its 95 % interval; nil where the data do not reach.
package struct Estimate: Hashable, Sendable {
    /// The estimate itself.
    package var value: Double?
    /// The interval's lower end; nil when the data do not tell one.
    package var lower: Double?
    /// The interval's upper end; nil when it is open.
    package var upper: Double?

    package init(value: Double?, lower: Double?, upper: Double?) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }
}

extension KaplanMeier.Step {
    /// The pointwise 95 % band of S by the log–log transformation,
    /// S^exp(±z σ / ln S) with σ² Greenwood's sum (Klein & Moeschberger, formula 4.3.2). Nil once
    /// nobody is left: it is not known then.
    package var band: ClosedRange<Double>? { Self.band(survival, sum: greenwoodSum) }

    /// The band of any S with such a sum.
    static func band(_ survival: Double, sum: Double?) -> ClosedRange<Double>? {
        guard let sum, survival > 0, survival < 1 else { return nil }
        let logarithm = log(survival)
        let spread = Normal.z95 * sum.squareRoot() / -logarithm
        return exp(logarithm * exp(spread))...exp(logarithm * exp(-spread))
    }
}

extension KaplanMeier {
    /// Survival is a product of rounded factors: equality is meant to within this much.
    private static let tolerance = 1e-12

    /// The survival at which this share of lives has ended.
    static func target(_ share: Double) -> Double { 1 - share + tolerance }

    /// The time by which this share of lives has ended: the smallest t with S(t) ≤ 1 − p; nil when
    /// it is not reached. The interval holds the t whose log–log band holds 1 − p (Brookmeyer &
    /// Crowley 1982; Klein & Moeschberger, section 4.5); an end that no band reaches is nil.
    package func quantile(_ share: Double) -> Estimate {
        let target = Self.target(share)
        return Estimate(
            value: steps.first { $0.survival <= target }?.time,
            lower: steps.first { ($0.band?.lowerBound ?? 1) <= target }?.time,
            upper: steps.first { ($0.band?.upperBound ?? 1) <= target }?.time)
    }
}

/// The mean of lives cut at a horizon.
package struct RestrictedMean: Hashable, Sendable {
    /// Where lives are cut, seconds: the one asked for, or the latest exit if that is earlier.
    package var horizon: Double
    /// The mean, seconds.
    package var value: Double
    /// Its standard error, seconds.
    package var standardError: Double
    /// The lower end of its 95 % interval, not below 0.
    package var lower: Double
    /// The upper end of its 95 % interval, not above the horizon.
    package var upper: Double

    init(horizon: Double, value: Double, standardError: Double) {
        self.horizon = horizon
        self.value = value
        self.standardError = standardError
        lower = max(0, value - Normal.z95 * standardError)
        upper = min(horizon, value + Normal.z95 * standardError)
    }
}

extension KaplanMeier {
    /// The area under S up to a horizon: the mean of min(life, horizon). With Aᵢ the area from tᵢ
    /// to the horizon its variance is Σ Aᵢ² dᵢ / (nᵢ (nᵢ − dᵢ)) (Klein & Moeschberger, formulas
    /// 4.5.1 and 4.5.2). Nil without lives, or when the horizon is not after 0.
    package func restrictedMean(until limit: Double) -> RestrictedMean? {
        guard let lastTime, !limit.isNaN else { return nil }
        let horizon = min(limit, lastTime)
        guard horizon > 0 else { return nil }
        var area = 0.0
        var variance = 0.0
        var end = horizon
        // From the right: the area right of each step is known when the step is met.
        for step in steps.reversed() where step.time <= horizon {
            area += step.survival * (end - step.time)
            end = step.time
            let (atRisk, events) = (Double(step.atRisk), Double(step.events))
            if step.events < step.atRisk {
                variance += area * area * events / (atRisk * (atRisk - events))
            }
        }
        area += end
        return RestrictedMean(
            horizon: horizon, value: area, standardError: variance.squareRoot())
    }
}

/// The standard normal distribution.
enum Normal {
    /// Its 97.5 % quantile.
    static let z95 = 1.959963984540054
}
