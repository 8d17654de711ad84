import Glibc

/// A TCP segment of a raw socket that belongs to no connection any more: old, without flags and
/// with a sequence number far off. Needs CAP_NET_RAW.
///
/// A TIME_WAIT answers it with an acknowledgement (tcp_timewait_state_process in
/// net/ipv4/tcp_minisocks.c); the end that is gone answers that with a reset, and the reset ends
/// the TIME_WAIT: the hazard of RFC 1337, section 2, that `tcp_rfc1337` = 0 leaves.
struct Stray {
    let from: (address: String, port: Int)
    let to: (address: String, port: Int)

    /// Sends it over IPv4.
    func send() throws -> Bracket {
        let raw = socket(AF_INET, Int32(SOCK_RAW.rawValue), Int32(IPPROTO_TCP))
        guard raw >= 0 else { throw Failure(call: "open", on: "a raw socket") }
        defer { close(raw) }
        let source = try SocketAddress(from.address, port: 0)
        guard source.withPointer({ bind(raw, $0, $1) }) == 0 else {
            throw Failure(call: "bind a raw socket to", on: from.address)
        }
        let target = try SocketAddress(to.address, port: 0)
        let bytes = try segment()
        let before = Moment.now()
        guard target.withPointer({ sendto(raw, bytes, bytes.count, 0, $0, $1) }) > 0 else {
            throw Failure(call: "send a segment to", on: to.address)
        }
        return Bracket(before: before, after: Moment.now())
    }

    /// A header alone (RFC 9293, section 3.1) with its checksum over the pseudo header.
    private func segment() throws -> [UInt8] {
        var header: [UInt8] = Self.octets(from.port) + Self.octets(to.port)
        header += [0x13, 0x57, 0x9b, 0xdf, 0, 0, 0, 0]
        header += [5 << 4, 0, 0xff, 0xff, 0, 0, 0, 0]
        var pseudo: [UInt8] = []
        for address in [from.address, to.address] {
            pseudo += address.split(separator: ".").compactMap { UInt8($0) }
        }
        guard pseudo.count == 8 else { throw Failure("not IPv4: \(from.address)") }
        pseudo += [0, UInt8(IPPROTO_TCP), 0, UInt8(header.count)]
        let sum = Self.checksum(pseudo + header)
        header[16] = UInt8(sum >> 8)
        header[17] = UInt8(sum & 0xff)
        return header
    }

    private static func octets(_ port: Int) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xff)] }

    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += Int(bytes[index]) << 8 | Int(bytes[index + 1])
        }
        while sum >> 16 != 0 { sum = (sum & 0xffff) + (sum >> 16) }
        return ~sum & 0xffff
    }
}
