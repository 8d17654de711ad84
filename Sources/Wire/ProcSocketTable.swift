package import Model

/// Reads /proc/net/tcp, tcp6, udp and udp6 (Documentation/networking/proc_net_tcp.rst). Addresses
/// are words of the host's byte order in hexadecimal, timers are hundredths of a second.
package struct ProcSocketTable: Sendable {
    /// One tick of the timers in the table, µs.
    package static let granuleMicroseconds: Int64 = 10_000

    private let family: AddressFamily

    /// A table of this family: the one without or the one with a 6 in its name.
    package init(_ family: AddressFamily) { self.family = family }

    /// Lines that were no socket, besides the heading.
    package private(set) var unreadable = 0

    /// Appends the sockets of all whole lines; the number of octets that they took. What is left
    /// belongs in front of the next piece.
    package mutating func sockets(in bytes: RawSpan, into rows: inout [SocketRow]) -> Int {
        var start = 0
        while let end = Self.lineEnd(in: bytes, from: start) {
            switch line(in: bytes, start..<end) {
            case .socket(let row): rows.append(row)
            case .heading: break
            case .unreadable: unreadable += 1
            }
            start = end + 1
        }
        return start
    }

    private enum Line {
        case socket(SocketRow)
        case heading
        case unreadable
    }

    private static func lineEnd(in bytes: RawSpan, from start: Int) -> Int? {
        var offset = start
        while let octet: UInt8 = bytes.number(at: offset) {
            if octet == UInt8(ascii: "\n") { return offset }
            offset += 1
        }
        return nil
    }

    private func line(in bytes: RawSpan, _ range: Range<Int>) -> Line {
        var cursor = OctetCursor(range, of: bytes)
        cursor.skipSpaces(in: bytes)
        guard cursor.decimal(in: bytes) != nil else {
            return cursor.skip(UInt8(ascii: "s"), in: bytes) ? .heading : .unreadable
        }
        guard cursor.skip(UInt8(ascii: ":"), in: bytes),
            let local = endpoint(&cursor, in: bytes), let peer = endpoint(&cursor, in: bytes),
            let state = number(&cursor, digits: 2, in: bytes),
            var row = timers(&cursor, in: bytes)
        else { return .unreadable }
        row.tuple = FourTuple(local: local, peer: peer)
        let kernelState = TCPState(rawValue: UInt8(truncatingIfNeeded: state))
        row.state = kernelState == .newSynReceived ? .synReceived : kernelState
        return .socket(row)
    }

    /// The fields after the state: queues, timer, retransmits, uid, probes, inode.
    private func timers(_ cursor: inout OctetCursor, in bytes: RawSpan) -> SocketRow? {
        guard let sending = number(&cursor, digits: 8, in: bytes),
            cursor.skip(UInt8(ascii: ":"), in: bytes),
            let receiving = cursor.hexadecimal(digits: 8, in: bytes),
            let timer = number(&cursor, digits: 2, in: bytes),
            cursor.skip(UInt8(ascii: ":"), in: bytes),
            let ticks = cursor.hexadecimal(digits: 16, in: bytes),
            number(&cursor, digits: 16, in: bytes) != nil,
            let uid = decimal(&cursor, in: bytes), decimal(&cursor, in: bytes) != nil,
            let inode = decimal(&cursor, in: bytes)
        else { return nil }
        let nobody = Endpoint(IPAddress(ipv4: 0), 0)
        var row = SocketRow(
            cookie: 0, tuple: FourTuple(local: nobody, peer: nobody), state: .close)
        row.sendQueue = UInt32(truncatingIfNeeded: sending)
        row.receiveQueue = UInt32(truncatingIfNeeded: receiving)
        row.timer = UInt8(truncatingIfNeeded: timer)
        row.expiresMilliseconds = UInt32(clamping: ticks.multipliedReportingOverflow(by: 10).0)
        row.timerGranuleMicroseconds = Self.granuleMicroseconds
        row.uid = UInt32(truncatingIfNeeded: uid)
        row.inode = inode
        return row
    }

    private func endpoint(_ cursor: inout OctetCursor, in bytes: RawSpan) -> Endpoint? {
        guard let address = address(&cursor, in: bytes),
            cursor.skip(UInt8(ascii: ":"), in: bytes),
            let port = cursor.hexadecimal(digits: 4, in: bytes)
        else { return nil }
        return Endpoint(address, UInt16(truncatingIfNeeded: port))
    }

    private func address(_ cursor: inout OctetCursor, in bytes: RawSpan) -> IPAddress? {
        cursor.skipSpaces(in: bytes)
        guard let first = word(&cursor, in: bytes) else { return nil }
        guard family == .ipv6 else { return IPAddress(ipv4: first) }
        guard let second = word(&cursor, in: bytes), let third = word(&cursor, in: bytes),
            let fourth = word(&cursor, in: bytes)
        else { return nil }
        return IPAddress(
            high: UInt64(first) << 32 | UInt64(second), low: UInt64(third) << 32 | UInt64(fourth))
    }

    /// Four octets of an address in network order.
    private func word(_ cursor: inout OctetCursor, in bytes: RawSpan) -> UInt32? {
        guard let number = cursor.hexadecimal(digits: 8, in: bytes) else { return nil }
        return UInt32(bigEndian: UInt32(truncatingIfNeeded: number))
    }

    private func number(_ cursor: inout OctetCursor, digits: Int, in bytes: RawSpan) -> UInt64? {
        cursor.skipSpaces(in: bytes)
        return cursor.hexadecimal(digits: digits, in: bytes)
    }

    private func decimal(_ cursor: inout OctetCursor, in bytes: RawSpan) -> UInt64? {
        cursor.skipSpaces(in: bytes)
        return cursor.decimal(in: bytes)
    }
}
