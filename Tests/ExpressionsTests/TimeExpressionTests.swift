import Expressions
import Testing

/// The seconds were computed with GNU date in Europe/Berlin.
@Suite("Times")
struct TimeExpressionTests {
    /// Central European time in 2026: summer time from 29 March to 25 October, 01:00 UTC.
    static let berlin: @Sendable (Int64) -> Int = { seconds in
        1_774_746_000 <= seconds && seconds < 1_792_890_000 ? 7200 : 3600
    }

    /// Recorded from 22:30 on 22 November 2026 to 08:00; now it is 09:00.
    static let night = TimeContext(
        first: 1_795_383_000_000_000, last: 1_795_417_200_000_000, now: 1_795_420_800_000_000,
        utcOffset: berlin)

    @Test(
        "mean a moment of the recording",
        arguments: [
            ("03:12", 1_795_399_920), ("3:12", 1_795_399_920), ("22:30", 1_795_383_000),
            ("yesterday 22:00", 1_795_381_200), ("today 07:00", 1_795_413_600),
            ("Yesterday", 1_795_302_000), ("today", 1_795_388_400),
            ("2h ago", 1_795_413_600), ("2 hours ago", 1_795_413_600), ("-2h", 1_795_413_600),
            ("now", 1_795_420_800), ("start", 1_795_383_000), ("END", 1_795_417_200),
            ("end-1h", 1_795_413_600), ("start + 5m", 1_795_383_300),
            ("2026-11-23T03:12:00Z", 1_795_403_520), ("2026-11-23t03:12z", 1_795_403_520),
            ("2026-11-23T04:12:00+01:00", 1_795_403_520),
            ("2026-11-23T04:12:00+0100", 1_795_403_520),
            ("2026-11-22 22:12:00-05", 1_795_403_520), ("2026-11-23T08:57+05:45", 1_795_403_520),
            ("2026-11-23T03:12:00", 1_795_399_920), ("2026-11-23 03:12", 1_795_399_920),
            ("2026-11-23", 1_795_388_400), ("1795403520", 1_795_403_520),
            ("  03:12  ", 1_795_399_920),
        ] as [(String, Int64)])
    func resolved(typed: String, seconds: Int64) throws {
        #expect(try TimeExpression(typed).resolve(in: Self.night) == seconds * 1_000_000)
    }

    @Test(
        "keep fractions of a second",
        arguments: [
            ("03:12:05.250", 1_795_399_925_250_000), ("1795403520.000001", 1_795_403_520_000_001),
            ("2026-11-23T03:12:00.1234567Z", 1_795_403_520_123_456),
        ] as [(String, Int64)])
    func fractions(typed: String, microseconds: Int64) throws {
        #expect(try TimeExpression(typed).resolve(in: Self.night) == microseconds)
    }

    @Test("of day that come twice in the recording mean the later one")
    func latest() throws {
        var long = Self.night
        long.first -= 7 * 86_400_000_000
        #expect(try TimeExpression("22:45").resolve(in: long) == 1_795_383_900_000_000)
        #expect(try TimeExpression("08:30").resolve(in: long) == 1_795_332_600_000_000)
    }

    @Test("of day outside the recording are refused, and the message says what was recorded")
    func outside() {
        #expect {
            try TimeExpression("12:00").resolve(in: Self.night)
        } throws: { error in
            let error = error as? ExpressionError
            return error?.kind == .outsideRecording
                && error?.description == "cannot read time '12:00:00': the recording runs from "
                    + "2026-11-22 22:30:00 to 2026-11-23 08:00:00; "
                    + "try a time between them, start or end"
        }
    }

    /// Recorded from 00:00 to 09:00 on 25 October 2026, with 02:00 to 03:00 twice.
    private static let autumn = TimeContext(
        first: 1_792_879_200_000_000, last: 1_792_911_600_000_000,
        now: 1_792_911_600_000_000, utcOffset: berlin)

    @Test(
        "that clocks showed twice are refused, and both moments named",
        arguments: ["02:30", "2026-10-25 02:30", "today 02:30"])
    func twice(typed: String) {
        #expect {
            try TimeExpression(typed).resolve(in: Self.autumn)
        } throws: { error in
            (error as? ExpressionError)?.kind == .syntax
                && "\(error)" == "cannot read time '2026-10-25 02:30:00': clocks went back and "
                    + "showed it twice; try 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"
        }
    }

    @Test("that clocks showed twice mean the one that was recorded, where only one was")
    func onlyOnce() throws {
        var early = Self.autumn
        early.last = 1_792_890_000_000_000
        var late = Self.autumn
        late.first = 1_792_890_000_000_000
        for typed in ["02:30", "2026-10-25 02:30"] {
            #expect(try TimeExpression(typed).resolve(in: early) == 1_792_888_200_000_000)
            #expect(try TimeExpression(typed).resolve(in: late) == 1_792_891_800_000_000)
        }
        for typed in ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "03:30", "01:59"] {
            #expect(throws: Never.self) { try TimeExpression(typed).resolve(in: Self.autumn) }
        }
    }

    @Test("that clocks never showed mean the hour after")
    func skipped() throws {
        let spring = TimeContext(
            first: 1_774_735_200_000_000, last: 1_774_764_000_000_000,
            now: 1_774_764_000_000_000, utcOffset: Self.berlin)
        #expect(try TimeExpression("02:30").resolve(in: spring) == 1_774_747_800_000_000)
    }

    @Test(
        "that make no sense are refused in one line that names what is accepted",
        arguments: [
            "", "25:00", "12:60", "12:00:60", "1:2", "tomorrow", "2026-13-01", "2026-02-30",
            "2026-11-23T", "2026-11-23T25:00", "2026-11-23T03:12+25:00", "2026-11-23T03:12 0100",
            "2026-11-23T03:12+1", "03:12 pm", "now now", "yesterday noon", "2 parsecs ago",
            "1795403520000", "1795403520000000", "2026", "20261123", "-", "ago", "03:12:05.",
            "1795403520.x", "\u{1b}[2J", "end*2", "start+",
        ])
    func refused(typed: String) {
        #expect {
            try TimeExpression(typed)
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("cannot read time '") && !text.contains("\n")
                && !text.contains("\u{1b}") && text.hasSuffix("; try \(TimeExpression.accepted)")
        }
    }

    @Test("of a damaged recording do not trap")
    func damaged() throws {
        let context = TimeContext(first: .min, last: .max, now: .max) { _ in .max }
        for typed in ["03:12", "now", "yesterday", "-2h", "end+1000w", "2026-11-23"] {
            _ = try TimeExpression(typed).resolve(in: context, allowingOutside: true)
        }
    }
}

@Suite("Ranges of time")
struct TimeRangeTests {
    private let night = TimeExpressionTests.night

    @Test("without ends are the recording")
    func everything() throws {
        let range = try TimeRange(since: nil, until: nil, in: night)
        #expect(range.since == night.first && range.until == night.last)
    }

    @Test("from a time of day just before the recording begin there, and end just after it")
    func nearest() throws {
        let range = try TimeRange(since: "22:00", until: "09:00", in: night)
        #expect(range.since == 1_795_381_200_000_000)
        #expect(range.until == 1_795_420_800_000_000)
    }

    @Test("over several nights lie within one of them")
    func oneNight() throws {
        var long = night
        long.first -= 3 * 86_400_000_000
        let range = try TimeRange(since: "03:12", until: "22:00", in: long)
        #expect(range.until == 1_795_381_200_000_000)
        #expect(range.since == 1_795_399_920_000_000 - 86_400_000_000)
    }

    @Test("that end before they begin are refused")
    func reversed() {
        #expect(throws: ExpressionError.self) {
            try TimeRange(since: "2026-11-23 07:00", until: "2026-11-23 06:00", in: night)
        }
    }
}
