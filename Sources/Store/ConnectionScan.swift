package import GRDB
import GRDBSQLite
package import Model

/// A stored connection as a scan over all of them tells it.
package struct ScannedConnection: Sendable {
    /// Its row of `side`, which tells its process and role.
    package internal(set) var side: Int64 = 0
    private var facts: Int64 = 0
    /// The peer's row of `address`; like the ports not told where lives alone are.
    package internal(set) var peerAddress: Int64 = 0
    /// 0 where it is not known.
    package internal(set) var localPort: Int64 = 0
    package internal(set) var peerPort: Int64 = 0
    package internal(set) var attempted = Bounds.unknown
    package internal(set) var opened = Bounds.unknown
    /// Its end; what is still there has none.
    package internal(set) var closed = Bounds.unknown
    package internal(set) var timeWaitEntered = Bounds.unknown
    package internal(set) var timeWaitLeft = Bounds.unknown
    /// nil: it left no TIME_WAIT.
    package internal(set) var timeWaitEnd: TimeWaitEnd?
    /// Told in detail alone, like what follows.
    package internal(set) var id: Int64 = 0
    /// The steps of a regular close, told by its own row.
    package internal(set) var closing: ClosingSteps?
    /// Payload; nil where it is not known.
    package internal(set) var bytesSent: Int64?
    package internal(set) var bytesReceived: Int64?

    package var closedBy: Closer { Closer(rawValue: facts >> 8 & 3) ?? .unknown }
    package var closeKind: CloseKind { CloseKind(rawValue: facts >> 10 & 15) ?? .unknown }

    /// Whether rows of `span` tell its stays.
    package var hasSpans: Bool { facts >> 14 & 1 != 0 }

    /// A connection of which nothing is known.
    package init() {}

    /// Only what names its ends: the other moments stay unknown.
    package init(
        id: Int64, side: Int64, peerAddress: Int64, localPort: Int64, peerPort: Int64
    ) {
        self.id = id
        self.side = side
        self.peerAddress = peerAddress
        self.localPort = localPort
        self.peerPort = peerPort
    }

    fileprivate mutating func setFacts(_ facts: Int64) { self.facts = facts }
}

/// Reads the connections of a recording in the order of their ids, without a value boxed between:
/// there may be ten million.
///
/// `unsafe` is for the C interface of SQLite: the statement outlives every call, since `statement`
/// holds it.
@safe
package final class ConnectionScan {
    /// What is read of each connection.
    package enum Extent: Sendable {
        /// When it opened and closed.
        case lives
        /// Its ends and how its TIME_WAIT ended, too.
        case ends
        /// Its attempt and its TIME_WAIT, too.
        case whole
        /// Its id, the steps of its close and its payload, too.
        case detail
    }

    /// Of which ended connections; of those that are still there, each is read.
    package enum Part: Sendable {
        case all
        /// Those that this host opened.
        case clients
    }

    private static let livesSQL = """
        SELECT row_numbers(?3, side_id, facts, at, opened, opened_width, closed, closed_width)
        \(ofEnded)
        """
    private static let endsSQL = """
        SELECT row_numbers(?3, side_id, facts, at, opened, opened_width, closed, closed_width,
          peer_address_id, port, tw_end)
        \(ofEnded)
        """
    private static let wholeSQL = """
        SELECT row_numbers(?3, side_id, facts, at, opened, opened_width, closed, closed_width,
          peer_address_id, port, tw_end, attempted, attempted_width, tw_entered, tw_entered_width,
          tw_left, tw_left_width)
        \(ofEnded)
        """
    private static let detailSQL = """
        SELECT row_numbers(?3, side_id, facts, at, opened, opened_width, closed, closed_width,
          peer_address_id, port, tw_end, attempted, attempted_width, tw_entered, tw_entered_width,
          tw_left, tw_left_width, connection_id, bytes_sent, bytes_received, closing_began,
          closing_half)
        \(ofEnded)
        """
    private static let ofEnded = "FROM ended_connection WHERE connection_id BETWEEN ?1 AND ?2"
    private static let ofClients = " AND side_id IN (SELECT side_id FROM side WHERE role = 1)"
    /// As the views tell them: a live one was last seen at the last sample.
    private static let liveSQL = """
        SELECT p.side_id, p.facts, c.attempted_min_us, c.attempted_max_us, c.opened_min_us,
          c.opened_max_us, c.closed_min_us, c.closed_max_us, c.tw_entered_min_us,
          c.tw_entered_max_us, c.tw_left_min_us, c.tw_left_max_us, c.tw_ended_by,
          p.peer_address_id, coalesce(c.local_port, 0), coalesce(c.peer_port, 0),
          c.connection_id, c.bytes_sent, c.bytes_received, c.closing_began_us, c.closing_half_us
        FROM connection AS c JOIN live_connection AS p USING (connection_id)
        WHERE c.live = 1
        """
    private static let sidesSQL = "SELECT side_id, origin_us, port, is_local FROM side"
    private static let rangeSQL = """
        SELECT (SELECT min(connection_id) FROM ended_connection) AS first,
          (SELECT max(connection_id) FROM ended_connection) AS last
        """
    /// TIME_WAIT's length, µs.
    private static let minute: Int64 = 60_000_000

    private static let mostSides: Int64 = 20_000_000

    private let database: Database
    private let extent: Extent
    private let part: Part
    private let sides: [Side]

    /// What of a row of `side` its connections need.
    private struct Side {
        var origin: Int64 = 0
        var port: Int64 = 0
        var isLocal = true
    }

    /// A scan within the database's transaction.
    package init(_ database: Database, _ extent: Extent, of part: Part = .all) throws {
        self.database = database
        self.extent = extent
        self.part = part
        var sides: [Side] = []
        try NumberScan(database, Self.sidesSQL).rows { row in
            // Sides are numbered from 1 on; a file may claim anything.
            guard let side = row[0], (0..<Self.mostSides).contains(side) else { return }
            while sides.count <= Int(side) { sides.append(Side()) }
            sides[Int(side)] = Side(
                origin: row.plain(1) ?? 0, port: row[2] ?? 0, isLocal: row[3] == 1)
        }
        self.sides = sides
    }

    /// The ids of ended connections, nil when there are none.
    package static func range(_ database: Database) throws -> ClosedRange<Int64>? {
        let row = try Row.fetchOne(database, sql: rangeSQL)
        guard let row, let first = Int64.fromDatabaseValue(row["first"]),
            let last = Int64.fromDatabaseValue(row["last"])
        else { return nil }
        // Ids count from 1; an answer may be cut into parts by them.
        let ids = max(1, first)...max(1, last)
        return ids.clamped(to: 1...plainNumbers.upperBound)
    }

    private static func sql(_ extent: Extent, _ part: Part) -> String {
        let sql =
            switch extent {
            case .lives: livesSQL
            case .ends: endsSQL
            case .whole: wholeSQL
            case .detail: detailSQL
            }
        return part == .clients ? sql + ofClients : sql
    }

    /// Hands over each ended connection of a range of ids.
    package func ended(
        _ ids: ClosedRange<Int64>, _ body: (inout ScannedConnection) throws -> Void
    ) throws {
        let statement = try database.makeStatement(sql: Self.sql(extent, part))
        let handle = unsafe statement.sqliteStatement
        defer { _ = unsafe sqlite3_reset(handle) }
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_bind_int64(handle, 1, ids.lowerBound)
        unsafe sqlite3_bind_int64(handle, 2, ids.upperBound)
        let numbers = unsafe try RowNumbers(of: handle, parameter: 3)
        defer { withExtendedLifetime(numbers) {} }
        var connection = ScannedConnection()
        while unsafe try statement.step(handle) {
            read(numbers, into: &connection)
            try body(&connection)
        }
    }

    private func read(_ row: RowNumbers, into connection: inout ScannedConnection) {
        let side = row[0] ?? 0
        connection.side = side
        connection.setFacts(row[1] ?? 0)
        let index = Int(truncatingIfNeeded: side)
        let told = sides.indices.contains(index) ? sides[index] : Side()
        let base = told.origin &+ (row[2] ?? 0)
        connection.opened = row.bounds(3, base)
        connection.closed = row.bounds(5, base)
        guard extent != .lives else { return }
        connection.peerAddress = row[7] ?? 0
        let other = (row[8] ?? 0) &+ 32_768
        connection.localPort = told.isLocal ? told.port : other
        connection.peerPort = told.isLocal ? other : told.port
        let end = row.plain(9)
        connection.timeWaitEnd = end.map { TimeWaitEnd(rawValue: $0 & 7) ?? .unobserved }
        guard extent != .ends else { return }
        connection.attempted = row.bounds(10, base)
        if extent == .detail { readDetail(row, into: &connection) }
        guard end != nil else { return }
        let entryBase = base &+ (row[5] ?? 0)
        connection.timeWaitEntered = row.bounds(12, entryBase)
        let leftBase = entryBase &+ (row[12] ?? 0) &+ Self.minute
        connection.timeWaitLeft = row.bounds(14, leftBase)
    }

    private func readDetail(_ row: RowNumbers, into connection: inout ScannedConnection) {
        connection.id = row[16] ?? 0
        connection.bytesSent = row.plain(17)
        connection.bytesReceived = row.plain(18)
        connection.closing = nil
        guard let began = row.plain(19), let half = row.plain(20),
            !connection.hasSpans, connection.closedBy == .local || connection.closedBy == .peer,
            let end = connection.closed.latest
        else { return }
        connection.closing = ClosingSteps(began: end - began, half: end - half)
    }

    /// Hands over each connection that is still there.
    package func live(_ body: (inout ScannedConnection) throws -> Void) throws {
        var connection = ScannedConnection()
        try NumberScan(database, Self.liveSQL).rows { row in
            connection.side = row[0] ?? 0
            connection.setFacts(row[1] ?? 0)
            connection.attempted = Bounds(earliest: row.plain(2), latest: row.plain(3))
            connection.opened = Bounds(earliest: row.plain(4), latest: row.plain(5))
            connection.closed = Bounds(earliest: row.plain(6), latest: row.plain(7))
            connection.timeWaitEntered = Bounds(earliest: row.plain(8), latest: row.plain(9))
            connection.timeWaitLeft = Bounds(earliest: row.plain(10), latest: row.plain(11))
            connection.timeWaitEnd = row[12].map { TimeWaitEnd(rawValue: $0) ?? .unobserved }
            connection.peerAddress = row[13] ?? 0
            connection.localPort = row[14] ?? 0
            connection.peerPort = row[15] ?? 0
            connection.id = row[16] ?? 0
            connection.bytesSent = row.plain(17)
            connection.bytesReceived = row.plain(18)
            connection.closing = row.plain(19).flatMap { began in
                row.plain(20).map { ClosingSteps(began: began, half: $0) }
            }
            try body(&connection)
        }
    }
}
