package import GRDB
import GRDBSQLite
import Model

/// One connection of the table at a sample, as its packed row tells it.
package struct ScannedSocket: Sendable {
    package internal(set) var connection: Int64 = 0
    /// The raw state; nil where the spans of the life tell it.
    package internal(set) var state: Int64?
    /// Its row of `side`.
    package internal(set) var place: Int64 = 0
    /// The port that is not in its side.
    package internal(set) var port: Int64 = 0
    package internal(set) var peerAddress = ""
    package internal(set) var isPeerIPv6 = false
    /// Whether a moment of its life has bounds that are not one moment, so that they may straddle
    /// another.
    package internal(set) var isWide = false
}

/// Reads the sockets of one sample from packed rows, as the view `socket_table` finds them: by a
/// range of ids and the index of long lives, and without a look at history.
///
/// `unsafe` is for the C interface of SQLite: a statement outlives the call that steps it, and text
/// is copied before the next row is read.
package enum SocketTableScan {
    private static let columns = """
        c.connection_id, c.side_id, c.facts, c.first_sample + c.tw_shown <= :sample, c.port,
          a.address, a.family, c.opened_width > 0 OR c.closed_width > 0 OR c.tw_entered_width > 0
            OR c.tw_left_width > 0
        """

    /// The ids among which a life of at most 96 samples is; an event may give an id 64 samples early.
    package static let rangeSQL = """
        SELECT coalesce((SELECT z.next_connection_id FROM sample AS z
              WHERE z.sample_id <= :sample - 161 ORDER BY z.sample_id DESC LIMIT 1), 1) AS first,
          (SELECT z.next_connection_id FROM sample AS z WHERE z.sample_id = :sample) - 1 AS last
        """
    /// Such a life.
    package static let shortSQL = """
        SELECT \(columns)
        FROM ended_connection AS c NOT INDEXED
        CROSS JOIN address AS a ON a.address_id = c.peer_address_id
        WHERE c.connection_id BETWEEN :first AND :last
          AND c.first_sample + c.held >= :sample AND c.first_sample <= :sample AND c.held <= 96
        """
    /// A longer one.
    package static let longSQL = """
        SELECT \(columns)
        FROM ended_connection AS c INDEXED BY ended_connection_long
        CROSS JOIN address AS a ON a.address_id = c.peer_address_id
        WHERE c.first_sample + c.held >= :sample AND c.held > 96 AND c.first_sample <= :sample
        """
    /// One that is still there.
    package static let liveSQL = """
        SELECT \(columns)
        FROM live_connection AS c NOT INDEXED
        CROSS JOIN address AS a ON a.address_id = c.peer_address_id
        WHERE c.connection_id < (
            SELECT z.next_connection_id FROM sample AS z WHERE z.sample_id = :sample)
          AND c.first_sample <= :sample
          AND (c.held IS NULL OR c.first_sample + c.held >= :sample)
          AND (SELECT o.recording_id FROM side AS o WHERE o.side_id = c.side_id)
            = (SELECT z.recording_id FROM sample AS z WHERE z.sample_id = :sample)
        """

    /// The ids of all that `short` can find, or one of those where there are none.
    package static func range(
        _ database: Database, sample: Int64
    ) throws -> ClosedRange<Int64> {
        let row = try Row.fetchOne(database, sql: rangeSQL, arguments: ["sample": sample])
        guard let row, let first = Int64.fromDatabaseValue(row["first"]),
            let last = Int64.fromDatabaseValue(row["last"]), first <= last
        else { return 1...1 }
        return (first...last).clamped(to: plainNumbers)
    }

    /// Hands over the ended connections among these ids that the sample shows and that did not live
    /// long.
    package static func short(
        _ database: Database, sample: Int64, _ ids: ClosedRange<Int64>,
        _ body: (ScannedSocket) throws -> Void
    ) throws {
        let arguments: StatementArguments = [
            "sample": sample, "first": ids.lowerBound, "last": ids.upperBound,
        ]
        try scan(database, shortSQL, arguments, body)
    }

    /// Hands over all other connections that the sample shows.
    package static func others(
        _ database: Database, sample: Int64, _ body: (ScannedSocket) throws -> Void
    ) throws {
        for sql in [longSQL, liveSQL] { try scan(database, sql, ["sample": sample], body) }
    }

    private static func scan(
        _ database: Database, _ sql: String, _ arguments: StatementArguments,
        _ body: (ScannedSocket) throws -> Void
    ) throws {
        let statement = try database.makeStatement(sql: sql)
        try statement.setArguments(arguments)
        let handle = unsafe statement.sqliteStatement
        defer { _ = unsafe sqlite3_reset(handle) }
        while unsafe try statement.step(handle) { try body(unsafe socket(handle)) }
    }

    private static func socket(_ handle: OpaquePointer) -> ScannedSocket {
        var socket = ScannedSocket()
        socket.connection = unsafe sqlite3_column_int64(handle, 0)
        socket.place = unsafe sqlite3_column_int64(handle, 1)
        let hasSpans = unsafe sqlite3_column_int64(handle, 2) >= 16_384
        let isWaiting = unsafe sqlite3_column_int64(handle, 3) != 0
        let waiting = Int64(TCPState.timeWait.rawValue)
        socket.state =
            isWaiting ? waiting : hasSpans ? nil : Int64(TCPState.established.rawValue)
        socket.port = unsafe sqlite3_column_int64(handle, 4) + 32_768
        socket.peerAddress =
            unsafe sqlite3_column_text(handle, 5).map { unsafe String(cString: $0) } ?? ""
        socket.isPeerIPv6 = unsafe sqlite3_column_int64(handle, 6) == 6
        socket.isWide = unsafe hasSpans || sqlite3_column_int64(handle, 7) != 0
        return socket
    }
}
