/// Reads ASCII words from the front of a text. Never traps; each success advances.
struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: some StringProtocol) {
        rest = Substring(text).utf8
    }

    /// Whether all was read.
    var isAtEnd: Bool { rest.isEmpty }

    /// What was not read yet.
    var remainder: String { String(Substring(rest)) }

    /// Skips this ASCII character if it is next, whatever its letter case.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let next = rest.first, Self.lowered(next) == Self.lowered(UInt8(ascii: character))
        else { return false }
        rest.removeFirst()
        return true
    }

    /// Skips spaces; says whether there was one.
    @discardableResult
    mutating func skipSpaces() -> Bool {
        var skipped = false
        while skip(" ") { skipped = true }
        return skipped
    }

    /// The digits that come next, perhaps none.
    mutating func digits() -> String {
        take { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    /// The letters that come next, lowered, with the micro sign as `u`.
    mutating func letters() -> String {
        let word = take {
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= Self.lowered($0) || $0 >= 0x80
        }
        return word.lowercased() == "µs" || word.lowercased() == "μs" ? "us" : word.lowercased()
    }

    /// Exactly this many digits, as a number within a range; nil when they are not there.
    mutating func number(digits count: Int, in range: ClosedRange<Int>) -> Int? {
        var copy = self
        let text = copy.digits()
        guard text.utf8.count == count, let value = Int(text), range.contains(value) else {
            return nil
        }
        self = copy
        return value
    }

    private mutating func take(while wanted: (UInt8) -> Bool) -> String {
        let taken = rest.prefix(while: wanted)
        rest = rest[taken.endIndex...]
        return String(Substring(taken))
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
