/// /proc/net/netlink: the netlink sockets of a network namespace.
package enum NetlinkSocketList {
    /// The place of the count of dropped messages, and that of the inode.
    private static let drops = 8
    private static let inode = 9

    /// Messages that found no room in the socket of this inode since it was opened; nil when the
    /// list does not have it. The kernel counts in 32 bits and prints them signed.
    package static func drops(of inode: UInt64, in text: [UInt8]) -> Int64? {
        for line in ProcText.lines(text) {
            let fields = ProcText.fields(line)
            guard fields.count > Self.inode,
                ProcText.number(fields[Self.inode], as: UInt64.self) == inode
            else { continue }
            return ProcText.number(fields[Self.drops], as: Int32.self)
                .map { Int64(UInt32(bitPattern: $0)) }
        }
        return nil
    }
}
