internal import Glibc
internal import Model
internal import Wire

/// UDP sockets of the recorder's network namespace, by NETLINK_SOCK_DIAG or from /proc/net/udp.
struct DatagramDump {
    private var sequence: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var files = Files()

    /// The sockets that are bound to a port; nil when neither source gives them.
    mutating func rows() -> [DatagramRow]? {
        (diagnosed() ?? listed())?.filter { $0.tuple.local.port != 0 }
    }

    private mutating func diagnosed() -> [DatagramRow]? {
        var rows: [DatagramRow] = []
        for family in [AddressFamily.ipv4, .ipv6] {
            guard let socket = try? NetlinkSocket(receiveBuffer: 1 << 20) else { return nil }
            sequence &+= 1
            let request = DiagRequest.everyUDPSocket(family, sequence: sequence)
            guard (try? socket.send(request)) != nil,
                receive(DiagDecoder(sequence: sequence, port: socket.port), from: socket, &rows)
            else { return nil }
        }
        return rows
    }

    private mutating func receive(
        _ decoder: DiagDecoder, from socket: borrowing NetlinkSocket, _ rows: inout [DatagramRow]
    ) -> Bool {
        while case .octets(let length) = socket.receive(into: &buffer) {
            // Unsafe by name only: octets have no padding.
            let reply = unsafe decoder.datagrams(
                in: buffer.span.bytes.extracting(first: length), into: &rows)
            guard reply.fault == nil, reply.errorNumber == nil else { return false }
            if reply.ended { return true }
        }
        return false
    }

    private mutating func listed() -> [DatagramRow]? {
        guard let text = files.content("/proc/net/udp") else { return nil }
        var rows: [SocketRow] = []
        var table = ProcSocketTable(.ipv4)
        // Unsafe by name only: octets have no padding.
        _ = unsafe table.sockets(in: text.span.bytes, into: &rows)
        if let text = files.content("/proc/net/udp6") {
            table = ProcSocketTable(.ipv6)
            _ = unsafe table.sockets(in: text.span.bytes, into: &rows)
        }
        return rows.map {
            DatagramRow(cookie: 0, tuple: $0.tuple, uid: $0.uid, inode: $0.inode)
        }
    }
}
