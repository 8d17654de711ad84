import Expressions
import Testing

/// A small generator with a fixed start (splitmix64), so that a failure comes back.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

@Suite("Random text")
struct RandomTextTests {
    private static let pieces: [String] =
        Array("0123456789 .:-+/[]*,%TZz@\u{0}\u{301}µé🦀\n").map(String.init)
        + ["now", "ago", " ago", "today ", "yesterday ", "start", "h", "ms", "d", "2026-11-23"]
        + [
            "99999999999999999999", "::", "/128", "255", "ffff", "GB", "kib", "MiB", "b", "estab",
            "time-wait", "03:12",
        ]

    @Test("is read or refused in one line, and never traps")
    func neverTraps() {
        var dice = Dice(state: 1)
        var readings = 0
        for _ in 0..<30_000 {
            let count = Int.random(in: 0...6, using: &dice)
            let text = (0..<count).map { _ in
                Self.pieces.randomElement(using: &dice) ?? ""
            }.joined()
            readings += Self.readings(of: text)
        }
        #expect(readings > 1000)
    }

    /// How many of the grammars accept the text.
    static func readings(of text: String) -> Int {
        let duration = accepted { try DurationExpression(text) }
        let sameDuration = accepted { try duration.map { try DurationExpression($0.description) } }
        #expect(sameDuration == duration)
        let size = accepted { try SizeExpression(text) }
        let sameSize = accepted { try size.map { try SizeExpression($0.description) } }
        #expect(sameSize == size)
        let pattern = accepted { try EndpointPattern(text) }
        let samePattern = accepted { try pattern.map { try EndpointPattern($0.description) } }
        #expect(samePattern == pattern)
        let states = accepted { try StateSelection([text]) }
        let time = accepted { try TimeExpression(text) }
        let night = TimeExpressionTests.night
        let moment = accepted { try time?.resolve(in: night, allowingOutside: true) }
        return [duration != nil, size != nil, pattern != nil, states != nil, moment != nil].count {
            $0
        }
    }

    private static func accepted<Value>(_ read: () throws -> Value?) -> Value? {
        do {
            return try read()
        } catch {
            #expect(error is ExpressionError)
            #expect(!"\(error)".contains("\n"))
            return nil
        }
    }
}
