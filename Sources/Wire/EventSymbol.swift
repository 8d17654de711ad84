/// Addresses in the text of /proc/kallsyms.
package enum EventSymbol {
    /// The address of a symbol of the kernel; nil when it is not there, or hidden, which the
    /// kernel shows as 0.
    package static func address(of name: String, in text: RawSpan) -> UInt64? {
        let name = Array(" \(name)\n".utf8)
        var place = 0
        while place + name.count <= text.byteCount {
            // A line is an address, a letter and a name, and for a module's symbol its module.
            var cursor = OctetCursor(place..<text.byteCount, of: text)
            let address = cursor.hexadecimal(digits: 16, in: text)
            let end = lineEnd(from: cursor.offset, in: text)
            if end - cursor.offset == name.count + 2,
                matches(name, at: end - name.count, in: text)
            {
                return address == 0 ? nil : address
            }
            place = end
        }
        return nil
    }

    /// The place after the next line end, or the end of the text.
    private static func lineEnd(from start: Int, in text: RawSpan) -> Int {
        var place = start
        while let octet = text.number(at: place, as: UInt8.self) {
            place += 1
            if octet == UInt8(ascii: "\n") { break }
        }
        return place
    }

    private static func matches(_ name: [UInt8], at start: Int, in text: RawSpan) -> Bool {
        name.indices.allSatisfy { text.number(at: start + $0) == name[$0] }
    }
}
