/// The event times of sorted lives, ascending, each with how many were at risk.
struct LifeSteps: IteratorProtocol {
    /// What happened at one of them.
    struct Step {
        /// Half microseconds.
        var time: Int64
        var atRisk: Int
        var events: Int
    }

    private let ended: [Int64]
    private let lasting: [Int64]
    private let entries: [Int64]
    /// Lives that were seen from their beginning.
    private let born: Int
    private var first = 0
    private var censored = 0
    private var entered = 0

    /// Of lives that were sorted.
    init(_ sample: LifeSample) {
        ended = sample.ended
        lasting = sample.lasting
        entries = sample.entries
        born = sample.count - sample.enteredLate
    }

    mutating func next() -> Step? {
        guard first < ended.count else { return nil }
        let time = ended[first]
        while censored < lasting.count, lasting[censored] < time { censored += 1 }
        while entered < entries.count, entries[entered] < time { entered += 1 }
        let before = first
        repeat { first += 1 } while first < ended.count && ended[first] == time
        return Step(
            time: time, atRisk: born + entered - before - censored, events: first - before)
    }
}

extension LifeSample {
    /// Every step of the estimate, as `KaplanMeier.steps` has them.
    package struct Curve: IteratorProtocol {
        private var steps: LifeSteps
        private var survival = 1.0
        private var sum: Double? = 0

        fileprivate init(_ steps: LifeSteps) { self.steps = steps }

        package mutating func next() -> KaplanMeier.Step? {
            guard let step = steps.next() else { return nil }
            let (number, dead) = (Double(step.atRisk), Double(step.events))
            survival *= (number - dead) / number
            sum =
                step.events < step.atRisk
                ? sum.map { $0 + dead / (number * (number - dead)) } : nil
            return KaplanMeier.Step(
                time: Double(step.time) / AgedLife.unit, atRisk: step.atRisk, events: step.events,
                survival: survival, greenwoodSum: sum)
        }
    }

    /// The curve, step by step.
    package var curve: Curve {
        var sample = self
        sample.sort()
        return Curve(LifeSteps(sample))
    }

    /// The share that lives longer than each of these ages, seconds, ascending.
    package func survival(at times: [Double]) -> [Double] {
        var curve = self.curve
        var (result, survival): ([Double], Double) = ([], 1)
        var step = curve.next()
        for time in times {
            while let due = step, due.time <= time {
                survival = due.survival
                step = curve.next()
            }
            result.append(survival)
        }
        return result
    }

    /// The age by which at least this share of lives has ended, seconds; nil where it is not reached.
    package func quantile(_ share: Double) -> Double? {
        var curve = self.curve
        while let step = curve.next() {
            if step.survival <= KaplanMeier.target(share) { return step.time }
        }
        return nil
    }

    /// The latest exit, seconds; nil without lives.
    package var lastTime: Double? {
        let last = [ended, lasting].compactMap { isSorted ? $0.last : $0.max() }.max()
        return last.map { Double($0) / AgedLife.unit }
    }
}
