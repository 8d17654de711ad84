/// A size as people type it: `2GB`, `500MiB`, `1.5 TB`, or `1000000` for octets.
package struct SizeExpression: Hashable, Sendable {
    /// The size in octets; never negative.
    package let bytes: Int64

    /// The largest that is accepted: 10^18 octets.
    package static let largest: Int64 = 1_000_000_000_000_000_000

    private static let accepted = "2GB, 500MiB or 1000000 (units B kB MB GB TB KiB MiB GiB TiB)"

    /// Wraps a known size.
    package init(bytes: Int64) { self.bytes = max(0, bytes) }

    /// Reads a size within a range of octets. A part below one octet is rounded.
    package init(
        _ text: String, in range: ClosedRange<Int64> = 0...SizeExpression.largest
    ) throws(ExpressionError) {
        var scanner = Scanner(text)
        scanner.skipSpaces()
        guard !scanner.isAtEnd else { throw Self.error(text, "it is empty") }
        let amount = try DecimalAmount(&scanner, of: "size") { Self.error(text, $0) }
        scanner.skipSpaces()
        let word = scanner.letters()
        scanner.skipSpaces()
        guard let unit = word.isEmpty ? 1 : Self.unit(word) else {
            throw Self.error(text, "'\(word)' is not a unit")
        }
        guard scanner.isAtEnd else { throw Self.error(text, "something follows its unit") }
        guard let value = Int64(exactly: amount.times(unit)), range.contains(value) else {
            let bounds = "\(Self.spell(range.lowerBound)) to \(Self.spell(range.upperBound))"
            throw Self.error(text, "it is out of range", try: bounds)
        }
        bytes = value
    }

    private static func error(
        _ text: String, _ reason: String, try remedy: String = accepted
    ) -> ExpressionError {
        ExpressionError(cannotRead: "size", text, because: reason, try: remedy)
    }

    private static func unit(_ word: String) -> Int64? {
        units.first { $0.name.lowercased() == word }?.bytes
    }

    /// The larger unit first, of equal merit the decimal one.
    private static let units: [(name: String, bytes: Int64)] = [
        ("TB", 1_000_000_000_000), ("TiB", 1 << 40), ("GB", 1_000_000_000), ("GiB", 1 << 30),
        ("MB", 1_000_000), ("MiB", 1 << 20), ("kB", 1000), ("KiB", 1 << 10), ("B", 1),
    ]
}

extension SizeExpression: CustomStringConvertible {
    /// As it would be typed, in the largest unit of which it is a whole number: `2GB`, `500MiB`.
    package var description: String { Self.spell(bytes) }

    private static func spell(_ bytes: Int64) -> String {
        let unit = units.first { bytes % $0.bytes == 0 } ?? ("B", 1)
        return bytes == 0 ? "0B" : "\(bytes / unit.bytes)\(unit.name)"
    }
}
