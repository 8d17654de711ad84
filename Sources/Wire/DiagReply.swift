package import Model

/// What one netlink datagram of NETLINK_SOCK_DIAG said besides its rows.
package struct DiagReply: Equatable, Sendable {
    /// Whether the answer ends here: NLMSG_DONE or NLMSG_ERROR.
    package var ended = false
    /// NLM_F_DUMP_INTR: the table changed shape, so rows may be missing or double.
    package var interrupted = false
    /// The errno inside NLMSG_ERROR or NLMSG_DONE; nil when there is none.
    package var errorNumber: Int32?
    /// The first thing that could not be read.
    package var fault: WireError?
    /// Messages that answer another request.
    package var strangers = 0
    /// Messages of ours of an unknown type, or of a family other than IPv4 and IPv6.
    package var unknown = 0

    package init() {}
}

/// Decodes the datagrams that answer one request.
package struct DiagDecoder: Sendable {
    /// The sequence number of the request.
    package var sequence: UInt32
    /// The netlink port of the asker.
    package var port: UInt32
    /// How coarse the kernel's timers are.
    package var jiffyMicroseconds: Int64

    package init(sequence: UInt32, port: UInt32, jiffyMicroseconds: Int64 = 0) {
        self.sequence = sequence
        self.port = port
        self.jiffyMicroseconds = jiffyMicroseconds
    }

    /// Appends the TCP sockets of a datagram.
    package func sockets(in bytes: RawSpan, into rows: inout [SocketRow]) -> DiagReply {
        walk(bytes) { bytes, payload, fault in
            SocketRow.append(
                to: &rows, bytes, payload: payload, granuleMicroseconds: jiffyMicroseconds,
                fault: &fault)
        }
    }

    /// Appends the TCP sockets of a datagram that names the protocol of each.
    func sockets(of wanted: UInt8, in bytes: RawSpan, into rows: inout [SocketRow]) -> DiagReply {
        walk(bytes) { bytes, payload, fault in
            if InetDiagMessage.isOther(than: wanted, in: bytes, payload) { return true }
            return SocketRow.append(
                to: &rows, bytes, payload: payload, granuleMicroseconds: jiffyMicroseconds,
                fault: &fault)
        }
    }

    /// Appends the UDP sockets of a datagram.
    package func datagrams(in bytes: RawSpan, into rows: inout [DatagramRow]) -> DiagReply {
        walk(bytes) { bytes, payload, _ in
            guard let row = DatagramRow(bytes, payload: payload) else { return false }
            rows.append(row)
            return true
        }
    }

    @inline(__always)
    private func walk(
        _ bytes: RawSpan, row: (RawSpan, Range<Int>, inout WireError?) -> Bool
    ) -> DiagReply {
        var reply = DiagReply()
        var messages = NetlinkCursor()
        while let message = messages.next(in: bytes), !reply.ended {
            guard message.sequence == sequence, message.port == port else {
                reply.strangers += 1
                continue
            }
            reply.interrupted = reply.interrupted || message.flags & DiagType.interrupted != 0
            switch message.type {
            case DiagType.byFamily, DiagType.legacyTCP:
                if !row(bytes, message.payload, &reply.fault) { reply.unknown += 1 }
            default:
                reply.takeControl(message, in: bytes)
            }
        }
        reply.fault = reply.fault ?? messages.fault
        return reply
    }
}

extension DiagReply {
    fileprivate mutating func takeControl(_ message: NetlinkMessage, in bytes: RawSpan) {
        switch message.type {
        case DiagType.noOperation: break
        case DiagType.overrun: fault = fault ?? .overrun
        case DiagType.done:
            ended = true
            takeNumber(at: message.payload, in: bytes)
        case DiagType.error:
            ended = true
            guard message.payload.count >= 4 else {
                fault = fault ?? .errorWithoutNumber(offset: message.payload.lowerBound)
                return
            }
            takeNumber(at: message.payload, in: bytes)
        default: unknown += 1
        }
    }

    /// Errors come as negative numbers; 0 is an acknowledgement.
    private mutating func takeNumber(at payload: Range<Int>, in bytes: RawSpan) {
        guard payload.count >= 4 else { return }
        let number: Int32 = bytes.number(knownAt: payload.lowerBound)
        guard number < 0 else { return }
        errorNumber = number == .min ? .max : -number
    }
}

/// Message types and flags of <linux/netlink.h>, <linux/sock_diag.h> and <linux/inet_diag.h>.
enum DiagType {
    static let noOperation: UInt16 = 1
    static let error: UInt16 = 2
    static let done: UInt16 = 3
    static let overrun: UInt16 = 4
    static let legacyTCP: UInt16 = 18
    static let byFamily: UInt16 = 20
    static let interrupted: UInt16 = 0x10
}
