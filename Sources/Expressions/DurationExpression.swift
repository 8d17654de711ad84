import Model

/// A duration as people type it: `500ms`, `1s`, `8h`, `3d2h`, `1.5h`, or `90` for seconds.
package struct DurationExpression: Hashable, Sendable {
    /// The duration, µs; never negative.
    package let microseconds: Int64

    /// The longest that is accepted: 1,000 weeks, about 19 years.
    package static let longest: Int64 = 1000 * 7 * CivilTime.day

    private static let accepted = "500ms, 90 (seconds), 1.5h or 3d2h (units us ms s m h d w y)"

    /// Wraps a known duration.
    package init(microseconds: Int64) { self.microseconds = max(0, microseconds) }

    /// Reads a duration within a range of µs. A part below one µs is rounded.
    package init(
        _ text: String, in range: ClosedRange<Int64> = 0...DurationExpression.longest
    ) throws(ExpressionError) {
        let total = try Self.total(text)
        guard let value = Int64(exactly: total), range.contains(value) else {
            let bounds = "\(Self.spell(range.lowerBound)) to \(Self.spell(range.upperBound))"
            throw Self.error(text, "it is out of range", try: bounds)
        }
        microseconds = value
    }

    private static func error(
        _ text: String, _ reason: String, try remedy: String = accepted
    ) -> ExpressionError {
        ExpressionError(cannotRead: "duration", text, because: reason, try: remedy)
    }

    /// The sum of all parts, µs. Each part is below 10^30 and each unit is there at most once, so
    /// that 128 bits hold it.
    private static func total(_ text: String) throws(ExpressionError) -> Int128 {
        var scanner = Scanner(text)
        scanner.skipSpaces()
        guard !scanner.isAtEnd else { throw error(text, "it is empty") }
        var total: Int128 = 0
        var smallest = Int64.max
        while !scanner.isAtEnd {
            let amount = try DecimalAmount(&scanner, of: "duration") { reason in
                Self.error(text, reason)
            }
            scanner.skipSpaces()
            let word = scanner.letters()
            if word.isEmpty, smallest == .max, scanner.isAtEnd {
                return amount.times(1_000_000)
            }
            let unit = try Self.unit(word, of: text)
            guard unit < smallest else {
                throw error(text, "its units do not go from large to small")
            }
            smallest = unit
            total += amount.times(unit)
            scanner.skipSpaces()
        }
        return total
    }

    private static func unit(_ word: String, of text: String) throws(ExpressionError) -> Int64 {
        guard !word.isEmpty else { throw error(text, "a number has no unit") }
        for (names, unit) in units where names.contains(word) { return unit }
        throw error(text, "'\(word)' is not a unit")
    }

    private static let units: [(names: Set<String>, microseconds: Int64)] = [
        (["us", "usec"], 1), (["ms", "msec"], 1000),
        (["s", "sec", "secs", "second", "seconds"], 1_000_000),
        (["m", "min", "mins", "minute", "minutes"], 60_000_000),
        (["h", "hr", "hrs", "hour", "hours"], 3_600_000_000),
        (["d", "day", "days"], CivilTime.day),
        (["w", "week", "weeks"], 7 * CivilTime.day),
        (["y", "year", "years"], 365 * CivilTime.day),
    ]
}

extension DurationExpression: CustomStringConvertible {
    /// As it would be typed, in the fewest words: `3d2h`, `500ms`.
    package var description: String { Self.spell(microseconds) }

    private static func spell(_ microseconds: Int64) -> String {
        guard microseconds > 0 else { return "0s" }
        let units: [(String, Int64)] = [
            ("d", CivilTime.day), ("h", 3_600_000_000), ("m", 60_000_000),
            ("s", 1_000_000), ("ms", 1000), ("us", 1),
        ]
        var rest = microseconds
        return units.reduce(into: "") { text, unit in
            if rest >= unit.1 { text += "\(rest / unit.1)\(unit.0)" }
            rest %= unit.1
        }
    }
}
