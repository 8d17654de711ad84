import GRDB
import Model
import Store

/// Which connections a filter lets pass, by their ids.
struct Passing: Sendable {
    /// What a filter can ask for, and no more: a tenth of what the views would take.
    private static let ends = """
        SELECT e.connection_id, e.side_id, e.peer_address_id,
          nullif(nullif(b.address, '0.0.0.0'), '::') AS local_address,
          nullif(CASE d.is_local WHEN 1 THEN d.port ELSE e.port + 32768 END, 0) AS local_port,
          nullif(nullif(a.address, '0.0.0.0'), '::') AS peer_address,
          nullif(CASE d.is_local WHEN 1 THEN e.port + 32768 ELSE d.port END, 0) AS peer_port,
          CASE d.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
          p.pid, p.comm,
          coalesce((SELECT t.name FROM tcp_state AS t WHERE t.state = e.facts & 255),
            'STATE-' || (e.facts & 255)) AS state
        FROM :table AS e
        JOIN side AS d ON d.side_id = e.side_id
        JOIN address AS b ON b.address_id = d.local_address_id
        JOIN address AS a ON a.address_id = e.peer_address_id
        LEFT JOIN process AS p ON p.process_id = d.process_id
        """
    /// Where both ends together are not asked for: no name is looked up.
    private static let numbers =
        "SELECT connection_id, side_id, peer_address_id FROM :table"
    private static let sql = """
        SELECT connection_id FROM (:ended UNION ALL :live)
        WHERE (:ofSides) AND (:ofPeers) AND (:ofBoth)
        """
    /// Evaluated once for each end at this host, not for each connection.
    private static let sides = """
        side_id IN (SELECT side_id FROM (
          SELECT d.side_id, nullif(nullif(b.address, '0.0.0.0'), '::') AS local_address,
            CASE d.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
            p.pid, p.comm
          FROM side AS d JOIN address AS b ON b.address_id = d.local_address_id
          LEFT JOIN process AS p ON p.process_id = d.process_id)
          WHERE :filter)
        """
    /// Evaluated once for each address.
    private static let peers = """
        peer_address_id IN (SELECT address_id FROM (
          SELECT address_id, nullif(nullif(address, '0.0.0.0'), '::') AS peer_address FROM address)
          WHERE :filter)
        """

    /// A bit for each id.
    private var bits: [UInt64] = []

    /// nil where every connection passes.
    init?(_ session: Session, _ scope: Scope) throws {
        guard scope.filter != .all else { return nil }
        let sql = Self.statement(FilterParts(scope.filter.sql))
        let named = scope.filter.arguments.filter { sql.contains(":" + $0.key) }
        let arguments = StatementArguments(named.mapValues(\.databaseValue))
        try session.translating {
            let scan = try NumberScan(session.database, sql, arguments)
            try scan.rows { row in
                guard let id = row[0] else { return }
                if id.isMultiple(of: 1 << 16), let reason = session.cancellation.reason {
                    throw reason.error
                }
                add(id)
            }
        }
    }

    private static func statement(_ filter: FilterParts) -> String {
        func all(_ conditions: [String], in literal: String = ":filter") -> String {
            guard !conditions.isEmpty else { return "TRUE" }
            let both = conditions.map { "(\($0))" }.joined(separator: " AND ")
            return literal.replacing(":filter", with: both)
        }
        let from = filter.ofBoth.isEmpty ? numbers : ends
        return sql.replacing(":ofSides", with: all(filter.ofSides, in: sides))
            .replacing(":ofPeers", with: all(filter.ofPeers, in: peers))
            .replacing(":ofBoth", with: all(filter.ofBoth))
            .replacing(":ended", with: from.replacing(":table", with: "ended_connection"))
            .replacing(":live", with: from.replacing(":table", with: "live_connection"))
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

extension Passing? {
    /// Whether a connection passes; without a filter all do.
    func holds(_ id: Int64) -> Bool { self?.holds(id) ?? true }
}

/// A count over those connections alone that a filter lets pass, which their ids tell.
struct PassingTally<Tally: ConnectionTally>: ConnectionTally {
    static var extent: ConnectionScan.Extent { .detail }

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
    /// Counts over the connections that pass.
    func tally<Tally: ConnectionTally>(_ empty: Tally, passing: Passing?) throws -> Tally {
        guard let passing else { return try tally(empty) }
        return try tally(PassingTally(tally: empty, passing: passing)).tally
    }

    /// Counts over the connections that a scope's filter lets pass.
    package func tally<Tally: ConnectionTally>(_ empty: Tally, of scope: Scope) throws -> Tally {
        try tally(empty, passing: try Passing(self, scope))
    }
}
