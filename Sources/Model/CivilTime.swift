/// A date and a time of day in the proleptic Gregorian calendar, without a time zone.
package struct CivilTime: Hashable, Sendable {
    /// 1970 is year 1970; years before 1 are not written as people write them.
    package var year: Int
    /// 1 to 12.
    package var month: Int
    /// 1 to 31.
    package var day: Int
    /// Since midnight, µs, below one day.
    package var microsecondOfDay: Int64

    /// One day, µs.
    package static let day: Int64 = 86_400_000_000

    /// A date that exists; nil for one that does not, such as 30 February.
    package init?(year: Int, month: Int, day: Int, microsecondOfDay: Int64 = 0) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.length(ofMonth: month, year: year)).contains(day),
            (0..<Self.day).contains(microsecondOfDay)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.microsecondOfDay = microsecondOfDay
    }

    /// The date and time at this many µs since 1970-01-01 00:00.
    package init(microseconds: Int64) {
        let (days, within) = Self.divide(microseconds, by: Self.day)
        microsecondOfDay = within
        var rest = Int(days) + Self.daysBefore(year: 1970)
        let cycle = Self.divide(Int64(rest), by: 146_097)
        rest = Int(cycle.remainder)
        // A guess that is never too late, and at most one year too early.
        var year = rest / 366 + 1
        while Self.daysBefore(year: year + 1) <= rest { year += 1 }
        rest -= Self.daysBefore(year: year)
        var month = 1
        while rest >= Self.length(ofMonth: month, year: year) {
            rest -= Self.length(ofMonth: month, year: year)
            month += 1
        }
        self.year = year + 400 * Int(cycle.quotient)
        self.month = month
        day = rest + 1
    }

    /// µs since 1970-01-01 00:00.
    package var microseconds: Int64 {
        let before = (1..<month).reduce(0) { $0 + Self.length(ofMonth: $1, year: year) }
        let days = Self.daysBefore(year: year) - Self.daysBefore(year: 1970) + before + day - 1
        // The first midnight that 64 bits can reach lies before the first moment: it wraps back.
        return Int64(days) &* Self.day &+ microsecondOfDay
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
    }

    /// Days from 0001-01-01 to the first of January of a year, negative for years before 1.
    private static func daysBefore(year: Int) -> Int {
        let (cycles, past) = divide(Int64(year) - 1, by: 400)
        let days = past * 365 + past / 4 - past / 100
        return Int(cycles * 146_097 + days)
    }

    private static func divide(
        _ dividend: Int64, by divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension CivilTime {
    /// `2026-11-23 03:12:00.123`, with this many digits after the second, the rest cut off.
    package func text(fractionDigits: Int, separator: String = " ") -> String {
        let seconds = Int(microsecondOfDay / 1_000_000)
        let date = [Self.pad(year, 4), Self.pad(month, 2), Self.pad(day, 2)]
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.pad($0, 2) }
        let whole = date.joined(separator: "-") + separator + time.joined(separator: ":")
        let fraction = Self.pad(Int(microsecondOfDay % 1_000_000), 6).prefix(fractionDigits)
        return fraction.isEmpty ? whole : whole + "." + fraction
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(abs(number))
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (number < 0 ? "-" : "") + zeros + digits
    }
}
