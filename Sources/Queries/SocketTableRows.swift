import GRDB
import Model
import Store

/// The rows of `SocketTableQuery` that nothing filters, made of packed rows: a table of 16,000
/// sockets would otherwise take longer than all the rest of the command.
struct SocketTableRows {
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
    private static let statesSQL = "SELECT state, name FROM tcp_state"
    private static let spanSQL = """
        SELECT y.state FROM span AS y
        WHERE y.connection_id = :id AND y.first_sample <= :sample
          AND (y.last_sample >= :sample OR y.last_sample IS NULL)
        ORDER BY y.sequence DESC LIMIT 1
        """

    /// What repeats from one socket to the next.
    private final class Side {
        let netns: Cell
        let localAddress: String
        let isIPv6: Bool
        let port: Int64
        let isLocal: Bool
        let role: Cell
        let comm: Cell
        let pid: Cell
        let uid: Cell
        let namespace: Cell

        init(_ row: Row) {
            netns = Cell(row[1] as DatabaseValue)
            localAddress = row[2] ?? ""
            isIPv6 = row[3] as Int64 == 6
            port = row[4]
            isLocal = row[5] as Int64 == 1
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
    }

    /// A state's name, and its place among all names.
    private struct State {
        var name: String
        var rank: UInt64
    }

    /// A row with what it is sorted by.
    private struct Entry {
        var state: String
        var localPort: Int64
        var localAddress: String
        var peerAddress: String
        var peerPort: Int64
        var connection: Int64?
        var side: Side
        var isUncertain = false
        var isPeerIPv6: Bool

        /// Listeners first, then by state and local port: one number, as most pairs differ in it.
        fileprivate let rank: UInt64

        init(
            state: State, local: (address: String, port: Int64),
            peer: (address: String, port: Int64), connection: Int64?, side: Side, isPeerIPv6: Bool
        ) {
            self.state = state.name
            (localAddress, localPort) = local
            (peerAddress, peerPort) = peer
            self.connection = connection
            self.side = side
            self.isPeerIPv6 = isPeerIPv6
            rank =
                (connection == nil ? 0 : 1) << 63 | state.rank << 16
                | UInt64(truncatingIfNeeded: local.port)
        }

        /// The order of `SocketTableQuery` within one rank; what is not known comes first there as here.
        static func precedes(_ left: Entry, _ right: Entry) -> Bool {
            if left.state != right.state { return left.state < right.state }
            if left.localAddress != right.localAddress {
                return left.localAddress < right.localAddress
            }
            if left.peerAddress != right.peerAddress { return left.peerAddress < right.peerAddress }
            return left.peerPort < right.peerPort
        }

        private static func end(_ address: String, _ port: Int64, isIPv6: Bool) -> String {
            let host = address.isEmpty ? "*" : isIPv6 ? "[\(address)]" : address
            return host + ":" + (port == 0 ? "*" : String(port))
        }

        var cells: [Cell] {
            [
                .text(isUncertain ? "~" : ""), .text(state),
                .text(Self.end(localAddress, localPort, isIPv6: side.isIPv6)),
                .text(Self.end(peerAddress, peerPort, isIPv6: isPeerIPv6)), side.comm, side.pid,
                side.uid, side.role, side.netns, connection.map { .integer($0) } ?? .null,
                side.namespace,
            ]
        }
    }

    private final class EntryCursor: Model.RowCursor {
        let columns: [Model.Column]
        private let entries: [Entry]
        /// Their places as they are shown.
        private let order: [Int]
        private var position = 0

        init(columns: [Model.Column], entries: [Entry]) {
            self.columns = columns
            self.entries = entries
            // Small pairs move while they are sorted, and not the entries.
            order = entries.indices.map { (rank: entries[$0].rank, place: $0) }.sorted {
                $0.rank == $1.rank
                    ? Entry.precedes(entries[$0.place], entries[$1.place]) : $0.rank < $1.rank
            }.map(\.place)
        }

        func next() -> [Cell]? {
            guard position < order.count else { return nil }
            defer { position += 1 }
            return entries[order[position]].cells
        }
    }

    private let database: Database
    private let sample: Int64
    private let moment: Int64

    /// The rows of a sample, `~` for a moment.
    static func rows(
        _ session: Session, sample: Int64, moment: Int64, columns: [Model.Column]
    ) throws -> any Model.RowCursor {
        try session.translating {
            let table = SocketTableRows(
                database: session.database, sample: sample, moment: moment)
            return EntryCursor(columns: columns, entries: try table.entries())
        }
    }

    private func entries() throws -> [Entry] {
        let states = try states()
        var sides: [Int64: Side] = [:]
        for row in try Row.fetchAll(database, sql: Self.sidesSQL) { sides[row[0]] = Side(row) }
        var entries = try listeners(states[10] ?? State(name: "LISTEN", rank: 0))
        try SocketTableScan.connections(database, sample: sample) { socket in
            guard let side = sides[socket.place],
                let state = try socket.state ?? span(of: socket)
            else { return }
            let (local, peer) = side.isLocal ? (side.port, socket.port) : (socket.port, side.port)
            let isNamed = socket.peerAddress != "0.0.0.0" && socket.peerAddress != "::"
            var entry = Entry(
                state: states[state] ?? State(name: "STATE-\(state)", rank: 1000),
                local: (side.localAddress, local),
                peer: (isNamed ? socket.peerAddress : "", peer), connection: socket.connection,
                side: side, isPeerIPv6: socket.isPeerIPv6)
            if socket.isWide { entry.isUncertain = try isUncertain(socket, entry.state) }
            entries.append(entry)
        }
        return entries
    }

    /// Every state by its number; two numbers may share a name.
    private func states() throws -> [Int64: State] {
        let rows = try Row.fetchAll(database, sql: Self.statesSQL)
        let names = rows.map { $0[1] as String }
        return rows.reduce(into: [:]) { states, row in
            let name: String = row[1]
            states[row[0]] = State(name: name, rank: UInt64(names.count { $0 < name }))
        }
    }

    private func listeners(_ state: State) throws -> [Entry] {
        try Row.fetchAll(database, sql: Self.listenersSQL, arguments: ["sample": sample]).map {
            let side = Side($0)
            return Entry(
                state: state, local: (side.localAddress, side.port),
                peer: (side.isIPv6 ? "::" : "0.0.0.0", 0), connection: nil, side: side,
                isPeerIPv6: side.isIPv6)
        }
    }

    private func span(of socket: ScannedSocket) throws -> Int64? {
        let statement = try database.cachedStatement(sql: Self.spanSQL)
        return try Int64.fetchOne(
            statement, arguments: ["id": socket.connection, "sample": sample])
    }

    private func isUncertain(_ socket: ScannedSocket, _ state: String) throws -> Bool {
        let statement = try database.cachedStatement(sql: SocketTableQuery.straddlesSQL)
        return try Bool.fetchOne(
            statement,
            arguments: ["id": socket.connection, "state": state, "moment": moment]) ?? false
    }
}
