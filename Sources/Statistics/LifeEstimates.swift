/// What is estimated of some lives.
package struct LifeEstimates: Hashable, Sendable {
    /// The quantile of each share that was asked for.
    package var quantiles: [Estimate]
    /// The mean of lives cut at a horizon; nil without lives.
    package var mean: RestrictedMean?
    /// The age at which nobody was left although lives lasted longer: from there on the estimate
    /// says nothing. Nil if that did not happen.
    package var collapse: Double?
}

extension LifeSample {
    /// From so many lives on the band is asked for only near its quantile.
    private static let large = 100_000
    /// How near, in survival: twelve standard errors or more of so many lives.
    private static let margin = 0.05

    /// In one run what `KaplanMeier` says: the quantile of each share, and the mean of lives cut at
    /// a horizon, seconds.
    package func estimates(_ shares: [Double], meanUntil limit: Double) -> LifeEstimates {
        var sample = self
        sample.sort()
        return sample.run(shares, limit)
    }

    private func run(_ shares: [Double], _ limit: Double) -> LifeEstimates {
        var estimates = shares.map { _ in Estimate(value: nil, lower: nil, upper: nil) }
        let targets = shares.map { KaplanMeier.target($0) }
        var steps = LifeSteps(self)
        var area = RestrictedArea(until: limit)
        var (survival, sum, isWithin) = (1.0, Double?.some(0), true)
        var collapse: Double?
        var open = Array(shares.indices)
        // Few may be at risk where lives were entered late.
        let isLarge = count >= Self.large && enteredLate == 0
        var horizon = isLarge ? (targets.max() ?? 0) + Self.margin : 1
        while isWithin || !open.isEmpty, let step = steps.next() {
            let (number, dead) = (Double(step.atRisk), Double(step.events))
            let part = step.events < step.atRisk ? dead / (number * (number - dead)) : nil
            survival *= (number - dead) / number
            sum = part.flatMap { part in sum.map { $0 + part } }
            let time = Double(step.time) / AgedLife.unit
            if isWithin { isWithin = area.add(time, survival: survival, part) }
            if survival == 0, collapse == nil { collapse = time }
            guard !open.isEmpty, survival <= horizon else { continue }
            let full = KaplanMeier.Step(
                time: time, atRisk: step.atRisk, events: step.events, survival: survival,
                greenwoodSum: sum)
            open.removeAll { index in
                estimates[index].settle(full, target: targets[index])
                return estimates[index].upper != nil && estimates[index].lower != nil
            }
            guard isLarge else { continue }
            horizon = (open.map { targets[$0] }.max() ?? 0) + Self.margin
        }
        let last = lastTime
        return LifeEstimates(
            quantiles: estimates, mean: last.flatMap { area.result(lastTime: $0) },
            collapse: collapse.flatMap { time in last.flatMap { time < $0 ? time : nil } })
    }
}

extension Estimate {
    /// Notes the time of a step where it is the first to reach the target.
    fileprivate mutating func settle(_ step: KaplanMeier.Step, target: Double) {
        if value == nil, step.survival <= target { value = step.time }
        if lower != nil, step.survival > target { return }
        guard let band = step.band else { return }
        if lower == nil, band.lowerBound <= target { lower = step.time }
        if upper == nil, band.upperBound <= target { upper = step.time }
    }
}
