/// Targets of the links in /proc/PID/fd.
package enum SocketLink {
    /// The inode in `socket:[N]`; nil for any other target.
    package static func inode(_ bytes: RawSpan) -> UInt64? {
        // "socket:[" as the number that its eight octets make.
        guard let prefix: UInt64 = bytes.number(at: 0), prefix == Self.prefix else { return nil }
        var cursor = OctetCursor(8..<bytes.byteCount, of: bytes)
        guard let inode = cursor.decimal(in: bytes), cursor.skip(UInt8(ascii: "]"), in: bytes),
            cursor.offset == bytes.byteCount
        else { return nil }
        return inode
    }

    private static let prefix = UInt64(bigEndian: 0x73_6f_63_6b_65_74_3a_5b)
}
