/// Many lives, for estimates of millions without a step kept for each: what `KaplanMeier` makes of
/// them, by numbers that are sorted by their digits.
package struct LifeSample: Sendable {
    /// Ages at which lives ended, and at which they were last seen.
    private(set) var ended: [Int64] = []
    private(set) var lasting: [Int64] = []
    /// Ages of those that were entered late.
    private(set) var entries: [Int64] = []
    private(set) var isSorted = true

    package init() {}

    /// How many there are.
    package var count: Int { ended.count + lasting.count }
    /// Whether there are none.
    package var isEmpty: Bool { ended.isEmpty && lasting.isEmpty }
    /// How many had not ended.
    package var stillOpen: Int { lasting.count }
    /// How many were under way when observation began.
    package var enteredLate: Int { entries.count }

    /// Takes a life; one that was never under observation is left out.
    package mutating func add(_ life: AgedLife) {
        guard life.isUsable else { return }
        isSorted = false
        if life.entry > 0 { entries.append(life.entry) }
        if life.isEvent { ended.append(life.exit) } else { lasting.append(life.exit) }
    }

    /// Takes other lives; both are sorted then.
    package mutating func merge(_ other: LifeSample) {
        var other = other
        sort()
        other.sort()
        ended = Self.merged(ended, other.ended)
        lasting = Self.merged(lasting, other.lasting)
        entries = Self.merged(entries, other.entries)
    }

    /// Sorts what was taken, so that quantiles and merges need not.
    package mutating func sort() {
        guard !isSorted else { return }
        Self.sort(&ended)
        Self.sort(&lasting)
        Self.sort(&entries)
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
}
