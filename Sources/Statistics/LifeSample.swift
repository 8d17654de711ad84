/// Many lives, seen from their beginnings, as whole numbers of half microseconds; for quantiles of
/// millions without a step kept for each.
package struct LifeSample: Sendable {
    /// Half microseconds in a second.
    private static let unit = 2e6
    /// From so many lives on the band is asked for only near its quantile.
    private static let large = 100_000
    /// How near, in survival: twelve standard errors or more of so many lives.
    private static let margin = 0.05

    private var ended: [Int64] = []
    private var lasting: [Int64] = []
    private var isSorted = true

    package init() {}

    /// How many there are.
    package var count: Int { ended.count + lasting.count }
    /// How many had not ended.
    package var stillOpen: Int { lasting.count }

    /// Takes a life of this length.
    package mutating func add(_ halfMicroseconds: Int64, isEvent: Bool) {
        isSorted = false
        if isEvent { ended.append(halfMicroseconds) } else { lasting.append(halfMicroseconds) }
    }

    /// Takes other lives; both are sorted then.
    package mutating func merge(_ other: LifeSample) {
        var other = other
        sort()
        other.sort()
        ended = Self.merged(ended, other.ended)
        lasting = Self.merged(lasting, other.lasting)
    }

    /// Sorts what was taken, so that quantiles and merges need not.
    package mutating func sort() {
        guard !isSorted else { return }
        Self.sort(&ended)
        Self.sort(&lasting)
        isSorted = true
    }

    private static func merged(_ left: [Int64], _ right: [Int64]) -> [Int64] {
        guard !left.isEmpty else { return right }
        guard !right.isEmpty else { return left }
        var result: [Int64] = []
        result.reserveCapacity(left.count + right.count)
        var (first, second) = (0, 0)
        while first < left.count, second < right.count {
            if left[first] <= right[second] {
                result.append(left[first])
                first += 1
            } else {
                result.append(right[second])
                second += 1
            }
        }
        result += left[first...]
        result += right[second...]
        return result
    }

    /// By digits of eleven bits, the lowest first: linear, where a comparing sort is not.
    private static func sort(_ values: inout [Int64]) {
        guard values.count > 4_096, let least = values.min(), least >= 0, let most = values.max()
        else { return values.sort() }
        var other = [Int64](repeating: 0, count: values.count)
        var shift: Int64 = 0
        while most >> shift > 0 {
            var places = [Int](repeating: 0, count: 2_049)
            for value in values { places[Int(value >> shift & 2_047) + 1] += 1 }
            for digit in 1..<2_049 { places[digit] += places[digit - 1] }
            for value in values {
                let digit = Int(value >> shift & 2_047)
                other[places[digit]] = value
                places[digit] += 1
            }
            swap(&values, &other)
            shift += 11
        }
    }

    /// For each share the estimate that `KaplanMeier.quantile` makes of these lives.
    package func quantiles(_ shares: [Double]) -> [Estimate] {
        var sample = self
        sample.sort()
        return sample.run(shares)
    }

    private func run(_ shares: [Double]) -> [Estimate] {
        var estimates = shares.map { _ in Estimate(value: nil, lower: nil, upper: nil) }
        let targets = shares.map { KaplanMeier.target($0) }
        var (first, censored) = (0, 0)
        var survival = 1.0
        var sum: Double? = 0
        var open = Array(shares.indices)
        var horizon = count < Self.large ? 1 : (targets.max() ?? 0) + Self.margin
        while first < ended.count, !open.isEmpty {
            let time = ended[first]
            while censored < lasting.count, lasting[censored] < time { censored += 1 }
            let atRisk = count - first - censored
            let before = first
            while first < ended.count, ended[first] == time { first += 1 }
            let events = first - before
            let (number, dead) = (Double(atRisk), Double(events))
            survival *= (number - dead) / number
            sum = events < atRisk ? sum.map { $0 + dead / (number * (number - dead)) } : nil
            guard survival <= horizon else { continue }
            let step = KaplanMeier.Step(
                time: Double(time) / Self.unit, atRisk: atRisk, events: events,
                survival: survival, greenwoodSum: sum)
            open.removeAll { index in
                settle(&estimates[index], step, target: targets[index])
                return estimates[index].upper != nil && estimates[index].lower != nil
            }
            guard count >= Self.large else { continue }
            horizon = (open.map { targets[$0] }.max() ?? 0) + Self.margin
        }
        return estimates
    }

    /// Notes the time of this step where it is the first to reach the target.
    private func settle(
        _ estimate: inout Estimate, _ step: KaplanMeier.Step, target: Double
    ) {
        if estimate.value == nil, step.survival <= target { estimate.value = step.time }
        if estimate.lower != nil, step.survival > target { return }
        let band = step.band
        if estimate.lower == nil, band.lower <= target { estimate.lower = step.time }
        if estimate.upper == nil, band.upper ?? .infinity <= target { estimate.upper = step.time }
    }
}
