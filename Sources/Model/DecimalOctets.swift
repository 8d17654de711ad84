extension [UInt8] {
    /// Appends a number in decimal digits, as text in ASCII.
    package mutating func append(decimal number: Int64) {
        append(addingCapacity: 20) { octets in
            if number < 0 { octets.append(UInt8(ascii: "-")) }
            octets.append(decimal: number.magnitude)
        }
    }
}

extension OutputSpan<UInt8> {
    /// Eight digits at a time, as many as fit into one number as octets.
    private static var portion: UInt64 { 100_000_000 }

    fileprivate mutating func append(decimal number: UInt64) {
        guard number >= Self.portion else { return append(digits: number, atLeast: 1) }
        append(decimal: number / Self.portion)
        append(digits: number % Self.portion, atLeast: 8)
    }

    private mutating func append(digits number: UInt64, atLeast least: Int) {
        var (rest, octets, count) = (number, UInt64(0), 0)
        repeat {
            octets = octets << 8 | UInt64(UInt8(ascii: "0")) + rest % 10
            rest /= 10
            count += 1
        } while rest > 0 || count < least
        for _ in 0..<count {
            append(UInt8(truncatingIfNeeded: octets))
            octets >>= 8
        }
    }
}
