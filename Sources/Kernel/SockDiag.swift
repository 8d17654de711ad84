internal import Glibc
package import Model
internal import Wire

/// TCP sockets of one network namespace by NETLINK_SOCK_DIAG.
package final class SockDiag {
    /// The name that the view `sources` gives.
    package let name = "sock_diag"

    /// Replies come in pieces of 32 KiB at most, whatever is offered.
    private static let replyOctets = 128 << 10
    private static let receiveBuffer: Int32 = 1 << 20

    /// Whether dumps ask for tcp_info. Without it they tell states, queues, timers and owners but
    /// no octets, round trips and idle times, and cost the kernel a fifth less.
    package var asksForInfo = true

    private let door: NamespaceDoor
    private let jiffyMicroseconds = KernelClock.jiffyMicroseconds()
    private var dumping: NetlinkSocket?
    private var asking: NetlinkSocket?
    private var sequence: UInt32 = 0
    private var buffer = [UInt8](repeating: 0, count: replyOctets)
    private var rows: [SocketRow] = []
    private var found: [SocketRow] = []

    /// Opens both sockets in the recorder's own namespace and makes one exact request; throws what
    /// the kernel refuses.
    package convenience init() throws(KernelError) { try self.init(NamespaceDoor()) }

    /// The same in the namespace behind a door.
    init(_ door: NamespaceDoor) throws(KernelError) {
        self.door = door
        dumping = try Self.open(door)
        let nobody = Endpoint(IPAddress(ipv4: 0), 0)
        guard case .unknown(let reason) = find(FourTuple(local: nobody, peer: nobody), cookie: 1)
        else { return }
        throw KernelError(
            call: "ask", object: "sock_diag for a TCP socket", errno: 0, message: reason,
            remedy: "load the kernel module tcp_diag (modprobe tcp_diag), or record from /proc")
    }

    /// Closes both sockets; the next question opens others.
    func close() {
        dumping = nil
        asking = nil
    }

    private static func open(_ door: NamespaceDoor) throws(KernelError) -> NetlinkSocket {
        try door.inside { () throws(KernelError) in
            try NetlinkSocket(receiveBuffer: receiveBuffer)
        }
    }

    /// Walks the table once and hands over the rows of each reply with the window in which the
    /// kernel read them. After a failure the socket is made anew, so that no late reply of this
    /// dump can be taken for one of the next.
    package func dump(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome {
        var progress = DumpProgress(began: KernelClock.boot())
        do {
            if dumping == nil { dumping = try Self.open(door) }
            sequence &+= 1
            let request = DiagRequest.everyTCPSocket(sequence: sequence, withInfo: asksForInfo)
            try dumping?.send(request)
            receiveDump(&progress, consume)
        } catch {
            progress.fail("\(error)")
        }
        if !progress.ended { dumping = nil }
        return progress.outcome(ended: KernelClock.boot())
    }

    /// Asks for one socket by 4-tuple and cookie.
    package func find(_ tuple: FourTuple, cookie: UInt64) -> ExactAnswer {
        do {
            if asking == nil { asking = try Self.open(door) }
            sequence &+= 1
            try asking?.send(DiagRequest.oneTCPSocket(tuple, cookie: cookie, sequence: sequence))
        } catch {
            asking = nil
            return .unknown("\(error)")
        }
        let answer = receiveAnswer(tuple, cookie: cookie)
        if case .unknown = answer { asking = nil }
        return answer
    }

    /// The kernel fills reply k before receive k - 1 returns, and the first before send does: one
    /// reply at most waits, so that the buffer's half is always free (netlink_recvmsg and
    /// netlink_dump in net/netlink/af_netlink.c). Its rows were read during that call, however
    /// long the reply then waits for its receiver.
    private func receiveDump(
        _ progress: inout DumpProgress, _ consume: (BootWindow, [SocketRow]) -> Void
    ) {
        var filling = BootWindow(earliest: progress.began, latest: KernelClock.boot())
        while !progress.ended, let length = receivePiece(&progress) {
            let window = filling
            filling = BootWindow(earliest: progress.lastReceive, latest: KernelClock.boot())
            rows.removeAll(keepingCapacity: true)
            // Unsafe by name only: octets have no padding.
            let reply = unsafe decoder(dumping?.port).sockets(
                in: buffer.span.bytes.extracting(first: length), into: &rows)
            progress.take(reply, rows: rows.count)
            if !rows.isEmpty { consume(window, rows) }
        }
    }

    private func receivePiece(_ progress: inout DumpProgress) -> Int? {
        progress.lastReceive = KernelClock.boot()
        switch dumping?.receive(into: &buffer) {
        case .octets(let length): return length
        case .truncated(let length):
            progress.fail("a reply of \(length) octets did not fit into \(buffer.count)")
        case .failed(let number):
            progress.fail(DumpProgress.text(of: number))
        case nil:
            progress.fail("the socket is closed")
        }
        return nil
    }

    private func receiveAnswer(_ tuple: FourTuple, cookie: UInt64) -> ExactAnswer {
        while true {
            guard case .octets(let length)? = asking?.receive(into: &buffer) else {
                return .unknown("cannot read the answer to an exact request")
            }
            found.removeAll(keepingCapacity: true)
            // Unsafe by name only: octets have no padding.
            let reply = unsafe decoder(asking?.port).sockets(
                in: buffer.span.bytes.extracting(first: length), into: &found)
            if let row = found.first {
                // Without a cookie the kernel falls back to a listener of the same port.
                return row.tuple == tuple || cookie != 0 ? .found(row) : .gone
            }
            switch reply.errorNumber {
            case ENOENT?: return .gone
            case ESTALE?: return .replaced
            case let number?: return .unknown(KernelError.text(number))
            case nil where reply.ended || reply.fault != nil || reply.strangers == 0:
                return .unknown(reply.fault?.description ?? "an answer without a socket")
            case nil: continue
            }
        }
    }

    private func decoder(_ port: UInt32?) -> DiagDecoder {
        DiagDecoder(sequence: sequence, port: port ?? 0, jiffyMicroseconds: jiffyMicroseconds)
    }
}
