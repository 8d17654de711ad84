/// The header of one netlink message (`struct nlmsghdr`) and where its payload lies.
package struct NetlinkMessage: Equatable, Sendable {
    /// The message type, as it came.
    package var type: UInt16
    /// The flags, as they came.
    package var flags: UInt16
    /// The request that this answers.
    package var sequence: UInt32
    /// The netlink port of the asker.
    package var port: UInt32
    /// The octets of the payload within the datagram.
    package var payload: Range<Int>
}

/// Walks the messages of one netlink datagram. Always advances, and keeps the first fault.
package struct NetlinkCursor {
    /// Octets of a message header.
    static let headerLength = 16

    /// What ended the walk early; nil while all is well.
    package private(set) var fault: WireError?
    private var offset = 0

    package init() {}

    /// The next message; nil at the end and after a fault. Asks for the same octets each time.
    @inline(__always)
    package mutating func next(in bytes: RawSpan) -> NetlinkMessage? {
        let left = bytes.byteCount - offset
        guard left > 0, fault == nil else { return nil }
        let declared = Int(bytes.number(at: offset, as: UInt32.self) ?? 0)
        guard declared >= Self.headerLength, declared <= left else {
            fault = .messageLength(declared: declared, left: left, offset: offset)
            return nil
        }
        let start = offset
        offset += min(aligned(declared), left)
        return NetlinkMessage(
            type: bytes.number(knownAt: start + 4), flags: bytes.number(knownAt: start + 6),
            sequence: bytes.number(knownAt: start + 8), port: bytes.number(knownAt: start + 12),
            payload: start + Self.headerLength..<start + declared)
    }
}

/// One attribute (`struct nlattr`): its type without flag bits, and where its value lies.
package struct NetlinkAttribute: Equatable, Sendable {
    /// The type with NLA_F_NESTED and NLA_F_NET_BYTEORDER masked away.
    package var type: UInt16
    /// The two highest bits of the type: NLA_F_NESTED and NLA_F_NET_BYTEORDER.
    package var flags: UInt16
    /// The octets of the value within the datagram; may be empty.
    package var value: Range<Int>
}

/// Walks the attributes of one message. Always advances, and keeps the first fault.
package struct AttributeCursor {
    private static let headerLength = 4
    /// NLA_TYPE_MASK of <linux/netlink.h>.
    private static let typeMask: UInt16 = 0x3fff

    /// What ended the walk early; nil while all is well.
    package private(set) var fault: WireError?
    private var offset: Int
    private let end: Int

    /// Walks these octets of the datagram.
    package init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next attribute; nil at the end and after a fault.
    @inline(__always)
    package mutating func next(in bytes: RawSpan) -> NetlinkAttribute? {
        let left = min(end, bytes.byteCount) - offset
        guard left > 0, fault == nil else { return nil }
        let declared =
            left < Self.headerLength ? 0 : Int(bytes.number(knownAt: offset, as: UInt16.self))
        guard declared >= Self.headerLength, declared <= left else {
            fault = .attributeLength(declared: declared, left: left, offset: offset)
            return nil
        }
        let start = offset
        offset += min(aligned(declared), left)
        let type: UInt16 = bytes.number(knownAt: start + 2)
        return NetlinkAttribute(
            type: type & Self.typeMask, flags: type & ~Self.typeMask,
            value: start + Self.headerLength..<start + declared)
    }
}

/// Rounds up to the four octets on which messages and attributes begin (NLMSG_ALIGNTO).
@inline(__always)
private func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
