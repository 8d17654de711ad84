import GRDB
import Model
import Store

/// Which connections a filter lets pass, by their ids.
struct Passing: Sendable {
    /// What a filter can ask for, and no more: a tenth of what the views would take.
    private static let ends = """
        SELECT e.connection_id, nullif(nullif(b.address, '0.0.0.0'), '::') AS local_address,
          nullif(CASE d.is_local WHEN 1 THEN d.port ELSE e.port + 32768 END, 0) AS local_port,
          nullif(nullif(a.address, '0.0.0.0'), '::') AS peer_address,
          nullif(CASE d.is_local WHEN 1 THEN e.port + 32768 ELSE d.port END, 0) AS peer_port,
          CASE d.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
          p.pid, p.comm
        FROM :table AS e
        JOIN side AS d ON d.side_id = e.side_id
        JOIN address AS b ON b.address_id = d.local_address_id
        JOIN address AS a ON a.address_id = e.peer_address_id
        LEFT JOIN process AS p ON p.process_id = d.process_id
        """
    private static let sql = """
        SELECT connection_id FROM (
          \(ends.replacing(":table", with: "ended_connection"))
          UNION ALL
          \(ends.replacing(":table", with: "live_connection")))
        WHERE :filter
        """

    /// A bit for each id.
    private var bits: [UInt64] = []

    /// nil where every connection passes.
    init?(_ session: Session, _ scope: Scope) throws {
        guard scope.filter != .all else { return nil }
        let arguments = StatementArguments(scope.filter.arguments.mapValues(\.databaseValue))
        try session.translating {
            let statement = try session.database.makeStatement(
                sql: Question(Self.sql, scope: scope, columns: []).sql)
            let ids = try Int64.fetchCursor(statement, arguments: arguments)
            while let id = try ids.next() {
                if id.isMultiple(of: 1 << 16), let reason = session.cancellation.reason {
                    throw reason.error
                }
                add(id)
            }
        }
    }

    private mutating func add(_ id: Int64) {
        guard id >= 0 else { return }
        let word = Int(id >> 6)
        if word >= bits.count {
            bits += [UInt64](repeating: 0, count: max(word + 1 - bits.count, bits.count))
        }
        bits[word] |= 1 << UInt64(id & 63)
    }

    /// Whether a connection passes.
    func holds(_ id: Int64) -> Bool {
        let word = Int(truncatingIfNeeded: id >> 6)
        return bits.indices.contains(word) && bits[word] & 1 << UInt64(id & 63) != 0
    }
}

/// A count over those connections alone that a filter lets pass.
struct PassingTally<Tally: ConnectionTally>: ConnectionTally {
    static var extent: ConnectionScan.Extent { Tally.extent }

    /// What was counted.
    var tally: Tally
    let passing: Passing

    mutating func add(_ connection: ScannedConnection) {
        if passing.holds(connection.id) { tally.add(connection) }
    }

    mutating func finish() { tally.finish() }

    mutating func merge(_ other: PassingTally) { tally.merge(other.tally) }
}

extension Session {
    /// Counts over the connections that pass; the tally must be told of ids.
    func tally<Tally: ConnectionTally>(_ empty: Tally, passing: Passing?) throws -> Tally {
        guard let passing else { return try tally(empty) }
        return try tally(PassingTally(tally: empty, passing: passing)).tally
    }
}
