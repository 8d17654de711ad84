import Ledger
import Model
import Yardstick

/// A table that is dumped again and again: nothing in it changes, or every socket's numbers do.
struct StillTable {
    /// A reply of the kernel holds about so many sockets.
    private static let piece = 64

    private var pieces: [[SocketRow]]
    private var lines: [yardstick_row]
    private var ledger = ConnectionLedger(netns: 1, numbering: Numbering())
    private let table: OpaquePointer?
    private let count: Int
    private var samples: Int64 = 0
    /// What the ledger keeps of each socket, octets of the heap.
    let octetsASocket: Double

    init(rows: Int) {
        let made = (0..<rows).map(Self.row)
        count = rows
        pieces = stride(from: 0, to: rows, by: Self.piece).map {
            Array(made[$0..<min(rows, $0 + Self.piece)])
        }
        lines = made.map(Self.line)
        table = yardstick_table_new(rows)
        yardstick_table_observe(table, lines, lines.count)
        let before = Int(yardstick_heap())
        _ = Self.take(pieces, into: &ledger, &samples)
        octetsASocket = Double(Int(yardstick_heap()) - before) / Double(rows)
    }

    private static func row(_ number: Int) -> SocketRow {
        let local = Endpoint(IPAddress(ipv4: 0x7f00_0001 + UInt32(number >> 14)), 443)
        let peer = Endpoint(
            IPAddress(ipv4: 0x0a00_0001 + UInt32(number % 1000)), UInt16(1024 + number % 60_000))
        var row = SocketRow(
            cookie: UInt64(number * 3 + 1), tuple: FourTuple(local: local, peer: peer),
            state: .established)
        row.uid = 33
        row.inode = UInt64(100_000 + number)
        var info = TCPInfo()
        info.lastDataSentMilliseconds = UInt32(number % 5000)
        info.rttMicroseconds = UInt32(200 + number % 300)
        info.bytesAcknowledged = UInt64(number * 7)
        info.bytesReceived = UInt64(number * 5)
        info.bytesSent = UInt64(number * 7)
        info.bytesRetransmitted = 0
        row.info = info
        return row
    }

    private static func line(_ row: SocketRow) -> yardstick_row {
        var line = yardstick_row()
        line.cookie = row.cookie
        line.local_low = row.tuple.local.address.low
        line.peer_low = row.tuple.peer.address.low
        line.local_port = row.tuple.local.port
        line.peer_port = row.tuple.peer.port
        line.interface = row.tuple.interface
        line.receive_queue = row.receiveQueue
        line.send_queue = row.sendQueue
        line.acknowledged = row.info?.bytesAcknowledged ?? 0
        line.received = row.info?.bytesReceived ?? 0
        line.sent = row.info?.bytesSent ?? 0
        line.retransmits = row.info?.totalRetransmits ?? 0
        line.rtt = row.info?.rttMicroseconds ?? 0
        line.inode = UInt32(truncatingIfNeeded: row.inode)
        line.state = row.state.rawValue
        return line
    }

    /// Every socket receives a little.
    mutating func move(_ round: Int) {
        for piece in pieces.indices {
            for place in pieces[piece].indices {
                pieces[piece][place].info?.bytesReceived? += UInt64(round + 1)
            }
        }
        for place in lines.indices { lines[place].received += UInt64(round + 1) }
    }

    /// One sample, ns a row.
    mutating func sample() -> Double {
        Double(Self.take(pieces, into: &ledger, &samples)) / Double(count)
    }

    private static func take(
        _ pieces: [[SocketRow]], into ledger: inout ConnectionLedger, _ samples: inout Int64
    ) -> UInt64 {
        samples += 1
        let before = yardstick_now()
        let moment = samples * 1_000_000
        let window = Window(earliest: moment, latest: moment + 1000)
        ledger.beginSample(samples)
        for piece in pieces { ledger.observe(piece, in: window) }
        let absent = ledger.endDump(window, complete: true)
        let result = ledger.endSample()
        let took = yardstick_now() - before
        precondition(absent.isEmpty && result.states.total > 0)
        return took
    }

    /// The same look-ups in C, ns a row.
    func probe() -> Double {
        let before = yardstick_now()
        yardstick_table_observe(table, lines, lines.count)
        return Double(yardstick_now() - before) / Double(count)
    }
}
