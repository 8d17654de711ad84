package import Model

/// Requests to NETLINK_SOCK_DIAG, ready to be sent.
package enum DiagRequest {
    /// States 1 to 11. All ones would add sockets that are bound and nothing else.
    private static let everyState: UInt32 = 0xfff
    /// Asks for `struct tcp_info`: bit INET_DIAG_INFO - 1.
    private static let infoExtension: UInt8 = 1 << 1
    /// NLM_F_REQUEST.
    private static let requestFlag: UInt16 = 0x1
    /// NLM_F_ROOT and NLM_F_MATCH, together NLM_F_DUMP.
    private static let dumpFlags: UInt16 = 0x300
    private static let tcp: UInt8 = 6
    private static let udp: UInt8 = 17
    /// INET_DIAG_NOCOOKIE in both words: any incarnation.
    private static let anyCookie = UInt64.max

    /// Every TCP socket of both families in one walk of the table: the older request type
    /// TCPDIAG_GETSOCK, whose `struct inet_diag_req` names no family. Without tcp_info it costs the
    /// kernel a fifth less.
    package static func everyTCPSocket(sequence: UInt32, withInfo: Bool = true) -> [UInt8] {
        var writer = MessageWriter(
            type: DiagType.legacyTCP, flags: requestFlag | dumpFlags, sequence: sequence)
        writer.append(InetDiagMessage.ipv4Family)
        writer.append(UInt8(0))
        writer.append(UInt8(0))
        writer.append(withInfo ? infoExtension : 0)
        writer.appendZeros(identityLength)
        writer.append(everyState)
        writer.append(UInt32(0))
        return writer.message
    }

    /// Every UDP socket of one family.
    package static func everyUDPSocket(_ family: AddressFamily, sequence: UInt32) -> [UInt8] {
        var writer = MessageWriter(
            type: DiagType.byFamily, flags: requestFlag | dumpFlags, sequence: sequence)
        writer.append(number(family))
        writer.append(udp)
        writer.append(UInt16(0))
        writer.append(UInt32.max)
        writer.appendZeros(identityLength)
        return writer.message
    }

    /// One TCP socket by 4-tuple and cookie; a cookie of 0 asks for whichever is there. A
    /// connection over IPv4 is asked for as IPv4 even if its socket is an IPv6 one: the kernel
    /// looks up both by the IPv4 addresses.
    package static func oneTCPSocket(
        _ tuple: FourTuple, cookie: UInt64, sequence: UInt32
    ) -> [UInt8] {
        var writer = MessageWriter(type: DiagType.byFamily, flags: requestFlag, sequence: sequence)
        writer.append(number(tuple.local.address.family))
        writer.append(tcp)
        writer.append(infoExtension)
        writer.append(UInt8(0))
        writer.append(UInt32.max)
        writer.append(tuple.local.port.bigEndian)
        writer.append(tuple.peer.port.bigEndian)
        writer.append(tuple.local.address)
        writer.append(tuple.peer.address)
        writer.append(tuple.interface)
        let wanted = cookie == 0 ? anyCookie : cookie
        writer.append(UInt32(truncatingIfNeeded: wanted))
        writer.append(UInt32(truncatingIfNeeded: wanted >> 32))
        return writer.message
    }

    /// Octets of `struct inet_diag_sockid`.
    private static let identityLength = 48

    private static func number(_ family: AddressFamily) -> UInt8 {
        switch family {
        case .ipv4: InetDiagMessage.ipv4Family
        case .ipv6: InetDiagMessage.ipv6Family
        }
    }
}

/// Builds one netlink message, its length filled in at the end.
private struct MessageWriter {
    private var bytes: [UInt8] = []

    init(type: UInt16, flags: UInt16, sequence: UInt32) {
        bytes.reserveCapacity(80)
        append(UInt32(0))
        append(type)
        append(flags)
        append(sequence)
        append(UInt32(0))
    }

    /// The message with its length.
    var message: [UInt8] {
        var result = bytes
        result.replaceSubrange(..<4, with: Self.octets(UInt32(bytes.count)))
        return result
    }

    mutating func append(_ number: some FixedWidthInteger & BitwiseCopyable) {
        bytes.append(contentsOf: Self.octets(number))
    }

    /// A number in host order, as the kernel wants it.
    private static func octets(_ number: some FixedWidthInteger & BitwiseCopyable) -> [UInt8] {
        // Unsafe by name only: the octets of an integer are copied out at once.
        unsafe withUnsafeBytes(of: number) { unsafe [UInt8]($0) }
    }

    /// Sixteen octets, of which IPv4 uses the first four.
    mutating func append(_ address: IPAddress) {
        switch address.family {
        case .ipv4:
            append(UInt32(truncatingIfNeeded: address.low).bigEndian)
            appendZeros(12)
        case .ipv6:
            append(address.high.bigEndian)
            append(address.low.bigEndian)
        }
    }

    mutating func appendZeros(_ count: Int) {
        bytes.append(contentsOf: repeatElement(0, count: count))
    }
}
