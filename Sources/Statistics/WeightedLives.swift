/// Lives of which each stands for several: the product-limit estimate with weights.
///
/// dᵢ and nᵢ are sums of weights. The variance is the one of Xie and Liu (2005): with
/// sᵢ = 1 − dᵢ/nᵢ and Mᵢ = (Σw)²/Σw² over those at risk, Var S(t) = S(t)² Σ (1 − sᵢ)/(Mᵢ sᵢ),
/// Greenwood's where every weight is 1. It takes the weights for known.
package struct WeightedLives: Sendable {
    /// What happened at one event time.
    package struct Step: Hashable, Sendable {
        /// When lives ended, seconds.
        package var time: Double
        /// Weight of those at risk just before.
        package var atRisk: Double
        /// Weight of those that ended.
        package var events: Double
        /// Share that lives longer.
        package var survival: Double
        /// The sum of (1 − s)/(M s) so far; nil once nobody is left.
        package var varianceSum: Double?
        /// What this step adds to it.
        var part: Double?

        /// The pointwise 95 % band of S.
        package var band: ClosedRange<Double>? {
            KaplanMeier.Step.band(survival, sum: varianceSum)
        }
    }

    private struct Mark {
        var age: Int64
        /// 0: an end; 1: last seen; 2: an entry. Their order at the same age.
        var kind: UInt8
        var weight: Double
    }

    private var marks: [Mark] = []
    private var last: Int64?
    /// Weight of those that were seen from their beginning, and of their squares.
    private var born = (sum: 0.0, squares: 0.0)
    /// The number of lives that all stand for.
    package private(set) var total = 0.0

    package init() {}

    /// Takes a life that stands for so many; one that was never under observation is left out.
    package mutating func add(_ life: AgedLife, weight: Double) {
        guard life.isUsable else { return }
        total += weight
        last = max(last ?? life.exit, life.exit)
        marks.append(Mark(age: life.exit, kind: life.isEvent ? 0 : 1, weight: weight))
        if life.entry > 0 {
            marks.append(Mark(age: life.entry, kind: 2, weight: weight))
        } else {
            born.sum += weight
            born.squares += weight * weight
        }
    }

    /// Takes other lives.
    package mutating func merge(_ other: WeightedLives) {
        marks += other.marks
        total += other.total
        last = [last, other.last].compactMap { $0 }.max()
        born.sum += other.born.sum
        born.squares += other.born.squares
    }

    /// Every step of the estimate.
    package var steps: [Step] {
        let marks = marks.sorted { ($0.age, $0.kind) < ($1.age, $1.kind) }
        var steps: [Step] = []
        var (risk, survival, sum) = (born, 1.0, Double?.some(0))
        var index = 0
        while index < marks.count {
            let age = marks[index].age
            let before = risk
            var events = 0.0
            while index < marks.count, marks[index].age == age {
                let mark = marks[index]
                let sign = mark.kind == 2 ? 1.0 : -1
                risk.sum += sign * mark.weight
                risk.squares += sign * mark.weight * mark.weight
                if mark.kind == 0 { events += mark.weight }
                index += 1
            }
            guard events > 0 else { continue }
            let share = max(0, 1 - events / before.sum)
            // What is left of rounded sums is nobody.
            let isLeft = share > 1e-12
            let part =
                isLeft
                ? (1 - share) * before.squares / (before.sum * before.sum * share) : nil
            survival *= isLeft ? share : 0
            sum = part.flatMap { part in sum.map { $0 + part } }
            steps.append(
                Step(
                    time: Double(age) / AgedLife.unit, atRisk: before.sum, events: events,
                    survival: survival, varianceSum: sum, part: part))
        }
        return steps
    }

    /// The share that lives longer than each of these ages, seconds, ascending.
    package func survival(at times: [Double]) -> [Double] {
        var (rest, survival) = (steps[...], 1.0)
        return times.map { time in
            while let step = rest.first, step.time <= time {
                survival = step.survival
                rest.removeFirst()
            }
            return survival
        }
    }

    /// The quantile of each share and the mean of lives cut at a horizon, seconds.
    package func estimates(_ shares: [Double], meanUntil limit: Double) -> LifeEstimates {
        let steps = steps
        var area = RestrictedArea(until: limit)
        for step in steps {
            guard area.add(step.time, survival: step.survival, step.part) else { break }
        }
        let lastTime = last.map { Double($0) / AgedLife.unit }
        return LifeEstimates(
            quantiles: shares.map { share in
                let target = KaplanMeier.target(share)
                return Estimate(
                    value: steps.first { $0.survival <= target }?.time,
                    lower: steps.first { ($0.band?.lowerBound ?? 1) <= target }?.time,
                    upper: steps.first { ($0.band?.upperBound ?? 1) <= target }?.time)
            },
            mean: lastTime.flatMap { area.result(lastTime: $0) },
            collapse: steps.first { $0.survival == 0 }?.time.nonFinal(lastTime))
    }
}

extension Double {
    /// This time, if something came later.
    fileprivate func nonFinal(_ last: Double?) -> Double? {
        last.flatMap { self < $0 ? self : nil }
    }
}
