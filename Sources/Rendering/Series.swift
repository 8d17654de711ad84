/// A series of numbers as the JSON array that a query returns.
package struct Series: Hashable, Sendable {
    /// The numbers as they were written, nil for null.
    package let tokens: [String?]

    /// The numbers; nil for null and for what is beyond a double.
    package var values: [Double?] {
        tokens.map { token in
            guard let token, let value = Double(token), value.isFinite else { return nil }
            return value
        }
    }

    /// The array in one line.
    package var json: String {
        "[" + tokens.map { $0 ?? "null" }.joined(separator: ",") + "]"
    }

    /// Reads a JSON array of numbers and nulls; nil for anything else.
    package init?(json: String) {
        let trimmed = Self.trimmed(Substring(json))
        guard trimmed.first == "[", trimmed.last == "]", trimmed.utf8.count > 1 else { return nil }
        let inner = Self.trimmed(trimmed.dropFirst().dropLast())
        var tokens: [String?] = []
        if !inner.isEmpty {
            for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
                let token = Self.trimmed(part)
                guard token == "null" || Self.isNumber(token) else { return nil }
                tokens.append(token == "null" ? nil : String(token))
            }
        }
        self.tokens = tokens
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
        var bytes = text.utf8
        while let first = bytes.first, blanks.contains(first) { bytes.removeFirst() }
        while let last = bytes.last, blanks.contains(last) { bytes.removeLast() }
        return Substring(bytes)
    }

    /// Whether it is a number as RFC 8259, section 6, has it.
    private static func isNumber(_ text: Substring) -> Bool {
        var rest = text.utf8
        func digits() -> Int {
            let found = rest.prefix { 0x30...0x39 ~= $0 }
            rest = rest[found.endIndex...]
            return found.count
        }
        func skip(_ characters: UInt8...) -> Bool {
            guard let next = rest.first, characters.contains(next) else { return false }
            rest.removeFirst()
            return true
        }
        _ = skip(UInt8(ascii: "-"))
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, whole == 1 || !startsWithZero else { return false }
        if skip(UInt8(ascii: ".")), digits() == 0 { return false }
        if skip(UInt8(ascii: "e"), UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "+"), UInt8(ascii: "-"))
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }
}
