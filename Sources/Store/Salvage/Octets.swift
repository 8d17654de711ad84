// Numbers as SQLite's file format writes them.
extension [UInt8] {
    /// A big-endian number; nil where it does not lie within.
    func number(at offset: Int, octets: Int) -> Int? {
        guard offset >= 0, offset <= count - octets else { return nil }
        return self[offset..<offset + octets].reduce(0) { $0 << 8 | Int($1) }
    }

    /// A number in SQLite's variable length, and where it ends; nil where it does not lie within.
    func varint(at offset: Int) -> (value: Int64, end: Int)? {
        var value: UInt64 = 0
        for length in 0..<9 {
            let place = offset + length
            guard place >= 0, place < count else { return nil }
            let octet = UInt64(self[place])
            if length == 8 { return (Int64(bitPattern: value << 8 | octet), place + 1) }
            value = value << 7 | octet & 0x7f
            if octet < 0x80 { return (Int64(bitPattern: value), place + 1) }
        }
        return nil
    }
}
