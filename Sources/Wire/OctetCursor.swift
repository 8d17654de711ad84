/// Reads ASCII numbers out of a line without allocating. Never passes the end of its range.
struct OctetCursor {
    /// The next octet's place.
    private(set) var offset: Int
    private let end: Int

    /// Reads within this range, cut to what is there.
    init(_ range: Range<Int>, of bytes: RawSpan) {
        offset = max(0, range.lowerBound)
        end = min(range.upperBound, bytes.byteCount)
    }

    /// Skips spaces.
    mutating func skipSpaces(in bytes: RawSpan) {
        while peek(in: bytes) == UInt8(ascii: " ") { offset += 1 }
    }

    /// Skips this octet; false if another is next.
    mutating func skip(_ octet: UInt8, in bytes: RawSpan) -> Bool {
        guard peek(in: bytes) == octet else { return false }
        offset += 1
        return true
    }

    /// A decimal number of at least one digit; nil when there is none or it is too great.
    mutating func decimal(in bytes: RawSpan) -> UInt64? {
        var value: UInt64 = 0
        let start = offset
        while let octet = peek(in: bytes), let digit = Self.digit(octet), digit < 10 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(digit)
            guard !overflow, !carried else { return nil }
            value = sum
            offset += 1
        }
        return offset > start ? value : nil
    }

    /// A hexadecimal number of up to this many digits, and at least one.
    mutating func hexadecimal(digits: Int, in bytes: RawSpan) -> UInt64? {
        var value: UInt64 = 0
        let start = offset
        while offset - start < min(digits, 16), let octet = peek(in: bytes),
            let digit = Self.digit(octet)
        {
            value = value << 4 | digit
            offset += 1
        }
        return offset > start ? value : nil
    }

    private func peek(in bytes: RawSpan) -> UInt8? {
        offset < end ? bytes.number(at: offset) : nil
    }

    private static func digit(_ octet: UInt8) -> UInt64? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(octet - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(octet - UInt8(ascii: "A") + 10)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(octet - UInt8(ascii: "a") + 10)
        default: nil
        }
    }
}
