import Expressions
import Testing

@Suite("Durations")
struct DurationExpressionTests {
    @Test(
        "are understood in µs",
        arguments: [
            ("500ms", 500_000), ("1s", 1_000_000), ("8h", 28_800_000_000),
            ("3d2h", 266_400_000_000), ("1.5h", 5_400_000_000), ("90", 90_000_000),
            ("0.25", 250_000), (".5s", 500_000), ("250us", 250), ("250µs", 250), ("250μs", 250),
            ("1w", 604_800_000_000), ("1y", 31_536_000_000_000), ("2 hours", 7_200_000_000),
            ("1d 12h 5m", 129_900_000_000),
            ("5MIN", 300_000_000), ("0", 0), ("1.0000004s", 1_000_000), ("1.0000005s", 1_000_001),
            ("0.333333333333333333333333h", 1_200_000_000),
        ] as [(String, Int64)])
    func understood(typed: String, microseconds: Int64) throws {
        #expect(try DurationExpression(typed).microseconds == microseconds)
    }

    @Test(
        "that make no sense are refused with the reason",
        arguments: [
            ("", "it is empty"), ("abc", "a number is missing"), ("5x", "'x' is not a unit"),
            ("-5s", "a duration is not negative"), ("1h2", "a number has no unit"),
            ("2h3d", "its units do not go from large to small"),
            ("1s1s", "its units do not go from large to small"), ("1..5s", "'' is"),
            ("9999999999999999999s", "it is out of range"), ("1001w", "it is out of range"),
            ("1e3", "'e' is not a unit"), (".", "a number is missing"), ("1_000", "has no unit"),
        ])
    func refused(typed: String, reason: String) {
        #expect {
            try DurationExpression(typed)
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("cannot read duration '\(typed)': ")
                && (text.contains(reason) || reason == "'' is") && text.contains("; try ")
        }
    }

    @Test("outside a command's range are refused with the range")
    func range() {
        #expect {
            try DurationExpression("5ms", in: 100_000...3_600_000_000)
        } throws: {
            "\($0)" == "cannot read duration '5ms': it is out of range; try 100ms to 1h"
        }
    }

    @Test(
        "are written as they would be typed",
        arguments: [
            ("266400s", "3d2h"), ("500ms", "500ms"), ("1.5h", "1h30m"), ("0", "0s"),
            ("1000001us", "1s1us"),
        ])
    func spelled(typed: String, text: String) throws {
        #expect(try DurationExpression(typed).description == text)
    }
}
