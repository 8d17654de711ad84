/// One name in a directory.
package struct DirectoryEntry: Equatable, Sendable {
    /// Where the name lies, without the zero octet that follows it.
    package var name: Range<Int>
    /// The number that the name is; nil when it is none.
    package var number: UInt64?
    /// Where to continue reading after this entry (`d_off`).
    package var next: Int64
}

/// Walks what getdents64(2) returned: `struct linux_dirent64`. Always advances.
package struct DirectoryCursor {
    private static let nameOffset = 19
    private var offset = 0

    package init() {}

    /// The next entry; nil at the end and at one that cannot be read.
    package mutating func next(in bytes: RawSpan) -> DirectoryEntry? {
        guard let length: UInt16 = bytes.number(at: offset + 16), length > Self.nameOffset,
            Int(length) <= bytes.byteCount - offset
        else { return nil }
        let start = offset
        offset += Int(length)
        var end = start + Self.nameOffset
        while end < offset, bytes.number(knownAt: end, as: UInt8.self) != 0 { end += 1 }
        guard end < offset else { return nil }
        let name = start + Self.nameOffset..<end
        var digits = OctetCursor(name, of: bytes)
        let number = digits.decimal(in: bytes)
        return DirectoryEntry(
            name: name, number: digits.offset == end ? number : nil,
            next: bytes.number(knownAt: start + 8))
    }
}
