internal import Glibc
internal import Model
internal import Wire

/// UDP sockets of one network namespace, by NETLINK_SOCK_DIAG or from /proc/net/udp.
struct DatagramDump: ~Copyable {
    private let door: NamespaceDoor
    private var socket: NetlinkSocket?
    private var sequence: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Of the namespace behind this door.
    init(_ door: NamespaceDoor) { self.door = door }

    /// Closes the socket; the next look opens another.
    mutating func close() { socket = nil }

    /// The sockets that are bound to a port; nil when neither source gives them.
    mutating func rows() -> [DatagramRow]? {
        (diagnosed() ?? listed())?.filter { $0.tuple.local.port != 0 }
    }

    private mutating func diagnosed() -> [DatagramRow]? {
        var rows: [DatagramRow] = []
        for family in [AddressFamily.ipv4, .ipv6] {
            guard dump(family, into: &rows) else {
                // A late answer must not be taken for one of the next look.
                socket = nil
                return nil
            }
        }
        return rows
    }

    private mutating func dump(_ family: AddressFamily, into rows: inout [DatagramRow]) -> Bool {
        if socket == nil {
            socket = try? door.inside { () throws(KernelError) in
                try NetlinkSocket(receiveBuffer: 1 << 20)
            }
        }
        sequence &+= 1
        let request = DiagRequest.everyUDPSocket(family, sequence: sequence)
        guard let port = socket?.port, (try? socket?.send(request)) != nil else { return false }
        let decoder = DiagDecoder(sequence: sequence, port: port)
        while case .octets(let length)? = socket?.receive(into: &buffer) {
            // Unsafe by name only: octets have no padding.
            let reply = unsafe decoder.datagrams(
                in: buffer.span.bytes.extracting(first: length), into: &rows)
            guard reply.fault == nil, reply.errorNumber == nil else { return false }
            if reply.ended { return true }
        }
        return false
    }

    private func listed() -> [DatagramRow]? {
        let texts = try? door.inside { Self.tables() }
        guard let text = texts?.first else { return nil }
        var rows: [SocketRow] = []
        var table = ProcSocketTable(.ipv4)
        // Unsafe by name only: octets have no padding.
        _ = unsafe table.sockets(in: text.span.bytes, into: &rows)
        if let text = texts?.dropFirst().first {
            table = ProcSocketTable(.ipv6)
            _ = unsafe table.sockets(in: text.span.bytes, into: &rows)
        }
        return rows.map {
            DatagramRow(cookie: 0, tuple: $0.tuple, uid: $0.uid, inode: $0.inode)
        }
    }

    /// The texts of both tables, that of IPv4 first; none when it cannot be read.
    private static func tables() -> [[UInt8]] {
        var files = Files()
        guard let text = files.content("/proc/thread-self/net/udp") else { return [] }
        return [text] + [files.content("/proc/thread-self/net/udp6")].compactMap(\.self)
    }
}
