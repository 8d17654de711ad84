import GRDB
import Model
import Store

/// The rows of `SocketTableQuery` that nothing filters, made of packed rows: a table of 16,000
/// sockets would otherwise take longer than all the rest of the command.
struct SocketTableRows: Sendable {
    private static let sidesSQL = """
        SELECT t.side_id, nullif(t.netns, 0) AS netns, nullif(nullif(b.address, '0.0.0.0'), '::'),
          b.family, t.port, t.is_local, t.role, p.comm, p.pid, t.uid, \(Namespaces.name)
        FROM side AS t JOIN address AS b ON b.address_id = t.local_address_id
        LEFT JOIN process AS p ON p.process_id = t.process_id
        """
    private static let listenersSQL = """
        SELECT t.listener_id, nullif(t.netns, 0) AS netns, b.address, b.family, t.local_port, 1, 2,
          p.comm, p.pid, t.uid, \(Namespaces.name)
        FROM listener AS t JOIN address AS b ON b.address_id = t.local_address_id
        LEFT JOIN process AS p ON p.process_id = t.process_id
        WHERE t.recording_id = (SELECT recording_id FROM sample WHERE sample_id = :sample)
          AND t.first_sample <= :sample AND (t.last_sample >= :sample OR t.last_sample IS NULL)
        """
    private static let spanSQL = """
        SELECT y.state FROM span AS y
        WHERE y.connection_id = :id AND y.first_sample <= :sample
          AND (y.last_sample >= :sample OR y.last_sample IS NULL)
        ORDER BY y.sequence DESC LIMIT 1
        """

    /// Fewer connections than this are read sooner than a second reader is there.
    private static let divisible: Int64 = 40_000

    private let sample: Int64
    private let moment: Int64
    private let states: States
    private let sides: [Int64: Side]
    private let listeners: [Side]

    /// The rows of a sample, `~` for a moment.
    static func rows(
        _ session: Session, sample: Int64, moment: Int64, columns: [Model.Column]
    ) throws -> any Model.RowCursor {
        try session.translating {
            let database = session.database
            let table = try SocketTableRows(database, sample: sample, moment: moment)
            var entries = table.listeners.map { Entry($0, of: table.states) }
            let all = try SocketTableScan.range(database, sample: sample)
            let parts = try session.divide(all, divisible: Self.divisible, each: 4) {
                database, ids in
                try table.entries(database) { take in
                    try SocketTableScan.short(database, sample: sample, ids, take)
                    guard ids.lowerBound == all.lowerBound else { return }
                    try SocketTableScan.others(database, sample: sample, take)
                }
            }
            for part in parts { entries += part }
            return EntryCursor(columns: columns, entries: entries, states: table.states)
        }
    }

    private init(_ database: Database, sample: Int64, moment: Int64) throws {
        self.sample = sample
        self.moment = moment
        states = try States(database)
        let rows = try Row.fetchAll(database, sql: Self.sidesSQL)
        let listening = try Row.fetchAll(
            database, sql: Self.listenersSQL, arguments: ["sample": sample])
        let addresses = Set((rows + listening).map(Side.localAddress)).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: zip(addresses, UInt64(0)...))
        sides = rows.reduce(into: [:]) { $0[$1[0]] = Side($1, ranks) }
        listeners = listening.map { Side($0, ranks) }
    }

    /// What a scan finds.
    private func entries(
        _ database: Database, _ scan: ((ScannedSocket) throws -> Void) throws -> Void
    ) throws -> [Entry] {
        var entries: [Entry] = []
        try scan { socket in
            guard let side = sides[socket.place],
                let state = try socket.state ?? span(of: socket, database)
            else { return }
            var entry = Entry(socket, state, side, of: states)
            if socket.isWide {
                entry.isUncertain = try isUncertain(socket, states[state].name, database)
            }
            entries.append(entry)
        }
        return entries
    }

    private func span(of socket: ScannedSocket, _ database: Database) throws -> Int64? {
        let statement = try database.cachedStatement(sql: Self.spanSQL)
        return try Int64.fetchOne(
            statement, arguments: ["id": socket.connection, "sample": sample])
    }

    private func isUncertain(
        _ socket: ScannedSocket, _ state: String, _ database: Database
    ) throws -> Bool {
        let statement = try database.cachedStatement(sql: SocketTableQuery.straddlesSQL)
        return try Bool.fetchOne(
            statement,
            arguments: ["id": socket.connection, "state": state, "moment": moment]) ?? false
    }
}

/// The names of states, and their places among all names; two numbers may share a name.
private struct States: Sendable {
    private static let sql = "SELECT state, name FROM tcp_state"
    static let listen: Int64 = 10

    private var known: [(name: String, rank: UInt64)?] = []

    init(_ database: Database) throws {
        let rows = try Row.fetchAll(database, sql: Self.sql)
        let names = rows.map { $0[1] as String }
        for row in rows {
            let name: String = row[1]
            guard let state = UInt8(exactly: row[0] as Int64) else { continue }
            while known.count <= state { known.append(nil) }
            known[Int(state)] = (name, UInt64(names.count { $0 < name }))
        }
    }

    subscript(state: Int64) -> (name: String, rank: UInt64) {
        let index = Int(truncatingIfNeeded: state)
        let entry = known.indices.contains(index) ? known[index] : nil
        return entry ?? ("STATE-\(state)", 1000)
    }
}

/// What repeats from one socket to the next.
private final class Side: Sendable {
    let localAddress: String
    /// Its place among the local addresses of all sides.
    let addressRank: UInt64
    let isIPv6: Bool
    let port: Int64
    /// Whether the port is the local one.
    let isLocal: Bool
    /// The local end, where that does not depend on the socket.
    let localEnd: String?
    let role: Cell
    let comm: Cell
    let pid: Cell
    let uid: Cell
    let netns: Cell
    let namespace: Cell

    init(_ row: Row, _ ranks: [String: UInt64]) {
        netns = Cell(row[1] as DatabaseValue)
        localAddress = Self.localAddress(row)
        addressRank = ranks[localAddress] ?? 0
        isIPv6 = row[3] as Int64 == 6
        port = row[4]
        isLocal = row[5] as Int64 == 1
        localEnd = isLocal ? Entry.end(localAddress, port, isIPv6: isIPv6) : nil
        switch row[6] as Int64 {
        case 1: role = .text("client")
        case 2: role = .text("server")
        default: role = .text("unknown")
        }
        comm = Cell(row[7] as DatabaseValue)
        pid = Cell(row[8] as DatabaseValue)
        uid = Cell(row[9] as DatabaseValue)
        namespace = Cell(row[10] as DatabaseValue)
    }

    static func localAddress(_ row: Row) -> String { row[2] ?? "" }
}

/// A row before it is written out.
private struct Entry: Sendable {
    let side: Side
    /// nil for a listener.
    let connection: Int64?
    let state: Int64
    let localPort: Int64
    let peerPort: Int64
    /// Empty where it is not named.
    let peerAddress: String
    let isPeerIPv6: Bool
    var isUncertain = false
    /// Listeners first, then by state, local port and local address: one number, as most pairs
    /// differ in it.
    let rank: UInt64
    /// The first octets of the peer's address.
    let peerRank: UInt64

    /// A listener.
    init(_ side: Side, of states: States) {
        self.side = side
        connection = nil
        state = States.listen
        (localPort, peerPort) = (side.port, 0)
        peerAddress = side.isIPv6 ? "::" : "0.0.0.0"
        isPeerIPv6 = side.isIPv6
        rank = Self.rank(state, localPort, side, of: states)
        peerRank = 0
    }

    init(_ socket: ScannedSocket, _ state: Int64, _ side: Side, of states: States) {
        self.side = side
        connection = socket.connection
        self.state = state
        (localPort, peerPort) =
            side.isLocal ? (side.port, socket.port) : (socket.port, side.port)
        let isNamed = socket.peerAddress != "0.0.0.0" && socket.peerAddress != "::"
        peerAddress = isNamed ? socket.peerAddress : ""
        isPeerIPv6 = socket.isPeerIPv6
        rank = 1 << 63 | Self.rank(state, localPort, side, of: states)
        let octets = peerAddress.utf8Span.span
        peerRank = (0..<8).reduce(0) { $0 << 8 | ($1 < octets.count ? UInt64(octets[$1]) : 0) }
    }

    private static func rank(
        _ state: Int64, _ port: Int64, _ side: Side, of states: States
    ) -> UInt64 {
        states[state].rank << 48 | UInt64(UInt16(truncatingIfNeeded: port)) << 32
            | side.addressRank
    }

    var localEnd: String {
        side.localEnd ?? Self.end(side.localAddress, localPort, isIPv6: side.isIPv6)
    }

    var peerEnd: String { Self.end(peerAddress, peerPort, isIPv6: isPeerIPv6) }

    static func end(_ address: String, _ port: Int64, isIPv6: Bool) -> String {
        let host = address.isEmpty ? "*" : isIPv6 ? "[\(address)]" : address
        if port == 0 { return host + ":*" }
        var text = Array(host.utf8)
        text.append(UInt8(ascii: ":"))
        text.append(decimal: port)
        return String(decoding: text, as: UTF8.self)
    }

    /// The order of `SocketTableQuery` within one rank; what is not known comes first there as here.
    static func precedes(_ left: Entry, _ right: Entry) -> Bool {
        left.peerAddress == right.peerAddress
            ? left.peerPort < right.peerPort : left.peerAddress < right.peerAddress
    }
}

private final class EntryCursor: Model.RowCursor {
    let columns: [Model.Column]
    private let entries: [Entry]
    private let states: States
    /// Their places as they are shown.
    private let order: [Int]
    private var position = 0

    init(columns: [Model.Column], entries: [Entry], states: States) {
        self.columns = columns
        self.entries = entries
        self.states = states
        // Small triples move while they are sorted, and not the entries.
        order = entries.indices.map {
            (rank: entries[$0].rank, peerRank: entries[$0].peerRank, place: $0)
        }.sorted {
            if $0.rank != $1.rank { return $0.rank < $1.rank }
            if $0.peerRank != $1.peerRank { return $0.peerRank < $1.peerRank }
            return Entry.precedes(entries[$0.place], entries[$1.place])
        }.map(\.place)
    }

    func next() -> [Cell]? {
        guard position < order.count else { return nil }
        defer { position += 1 }
        let entry = entries[order[position]]
        let side = entry.side
        return [
            .text(entry.isUncertain ? "~" : ""), .text(states[entry.state].name),
            .text(entry.localEnd), .text(entry.peerEnd), side.comm,
            side.pid, side.uid, side.role, side.netns,
            entry.connection.map { .integer($0) } ?? .null, side.namespace,
        ]
    }
}
