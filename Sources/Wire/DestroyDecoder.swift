package import Model

/// Decodes what the kernel sends to the groups SKNLGRP_INET_TCP_DESTROY and
/// SKNLGRP_INET6_TCP_DESTROY of <linux/sock_diag.h> when a full socket goes.
package struct DestroyDecoder: Sendable {
    /// The group of IPv4 sockets.
    package static let ipv4Group: Int32 = 1
    /// The group of IPv6 sockets, those that carry IPv4 among them.
    package static let ipv6Group: Int32 = 3

    /// Nobody asked for these messages: the kernel numbers them 0 and addresses them to no port.
    private let decoder = DiagDecoder(sequence: 0, port: 0)

    package init() {}

    /// Appends the TCP sockets of a datagram: state CLOSE, uid and inode 0. Sockets of another
    /// protocol are left out, as far as the message names one.
    package func sockets(in bytes: RawSpan, into rows: inout [SocketRow]) -> DiagReply {
        decoder.sockets(of: InetDiagMessage.tcp, in: bytes, into: &rows)
    }
}
