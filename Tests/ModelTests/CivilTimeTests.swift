import Model
import Testing

/// The seconds were computed with GNU date.
@Suite("Calendar")
struct CivilTimeTests {
    static let known: [(Int64, String)] = [
        (1_795_403_520, "2026-11-23 03:12:00"), (1_709_251_199, "2024-02-29 23:59:59"),
        (-1, "1969-12-31 23:59:59"), (-62_135_596_800, "0001-01-01 00:00:00"),
        (253_370_678_400, "9998-12-31 00:00:00"), (-2_203_891_200, "1900-03-01 00:00:00"),
        (951_825_600, "2000-02-29 12:00:00"),
    ]

    @Test("Seconds since 1970 are the date that date(1) prints", arguments: known)
    func dates(seconds: Int64, text: String) {
        let time = CivilTime(microseconds: seconds * 1_000_000)
        #expect(time.text(fractionDigits: 0) == text)
        #expect(time.microseconds == seconds * 1_000_000)
    }

    @Test("Fractions of a second are cut off, not rounded up")
    func fractions() {
        let time = CivilTime(microseconds: 1_795_403_520_999_999)
        #expect(time.text(fractionDigits: 3) == "2026-11-23 03:12:00.999")
        #expect(time.text(fractionDigits: 6, separator: "T") == "2026-11-23T03:12:00.999999")
    }

    @Test("Dates that do not exist are refused")
    func refused() {
        #expect(CivilTime(year: 2026, month: 2, day: 29) == nil)
        #expect(CivilTime(year: 1900, month: 2, day: 29) == nil)
        #expect(CivilTime(year: 2026, month: 13, day: 1) == nil)
        #expect(CivilTime(year: 2026, month: 4, day: 31) == nil)
        #expect(CivilTime(year: 2024, month: 2, day: 29) != nil)
    }

    @Test("Every day of eight centuries follows the day before")
    func everyDay() {
        var moment = Int64(-12_622_780_800_000_000)
        var previous = CivilTime(microseconds: moment)
        for _ in 0..<292_194 {
            moment += CivilTime.day
            let next = CivilTime(microseconds: moment)
            #expect(next.microseconds == moment)
            let isNextDay = next.day == previous.day + 1 && next.month == previous.month
            let isNextMonth = next.day == 1 && next.month == previous.month % 12 + 1
            #expect(isNextDay || isNextMonth)
            previous = next
        }
    }

    @Test("No number of µs traps", arguments: [Int64.min, .max, 0, -1])
    func extremes(moment: Int64) {
        #expect(CivilTime(microseconds: moment).microseconds == moment)
    }
}
