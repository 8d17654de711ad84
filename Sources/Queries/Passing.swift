import GRDB
import Model
import Store

/// Which connections a filter lets pass. What it asks of one end alone is answered once for each row
/// of `side` or `address`, or for each port, as there are far fewer of them than connections; only
/// what it asks of both together is asked of every connection.
struct Passing: Sendable {
    private static let sides = """
        SELECT side_id FROM (
          SELECT d.side_id, nullif(nullif(b.address, '0.0.0.0'), '::') AS local_address,
            CASE d.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
            p.pid, p.comm
          FROM side AS d JOIN address AS b ON b.address_id = d.local_address_id
          LEFT JOIN process AS p ON p.process_id = d.process_id)
        WHERE :filter
        """
    private static let peers = """
        SELECT address_id FROM (
          SELECT address_id, nullif(nullif(address, '0.0.0.0'), '::') AS peer_address FROM address)
        WHERE :filter
        """
    private static let ports = """
        WITH RECURSIVE every AS (
          SELECT 0 AS port UNION ALL SELECT port + 1 FROM every WHERE port < 65535)
        SELECT port FROM (
          SELECT port, nullif(port, 0) AS local_port, nullif(port, 0) AS peer_port FROM every)
        WHERE :filter
        """
    private static let connections = """
        SELECT connection_id FROM (
          \(ends.replacing(":table", with: "ended_connection"))
          UNION ALL
          \(ends.replacing(":table", with: "live_connection")))
        WHERE :filter
        """
    /// What a filter can ask for, and no more: a tenth of what the views would take.
    private static let ends = """
        SELECT e.connection_id, nullif(nullif(b.address, '0.0.0.0'), '::') AS local_address,
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

    /// nil where each passes.
    private var sides: IDSet?
    private var peers: IDSet?
    private var localPorts: IDSet?
    private var peerPorts: IDSet?
    private var connections: IDSet?

    /// nil where every connection passes.
    init?(_ session: Session, _ scope: Scope) throws {
        guard scope.filter != .all else { return nil }
        let parts = FilterParts(scope.filter.sql)
        func ids(_ sql: String, _ part: FilterParts.Part) throws -> IDSet? {
            try parts[part].map { try Self.ids(session, sql, where: $0, scope.filter) }
        }
        sides = try ids(Self.sides, .sides)
        peers = try ids(Self.peers, .peers)
        localPorts = try ids(Self.ports, .localPorts)
        peerPorts = try ids(Self.ports, .peerPorts)
        connections = try ids(Self.connections, .connections)
    }

    private static func ids(
        _ session: Session, _ literal: String, where condition: String, _ filter: Clause
    ) throws -> IDSet {
        let sql = literal.replacing(":filter", with: condition)
        let named = filter.arguments.filter { sql.contains(":" + $0.key) }
        var ids = IDSet()
        try session.translating {
            let scan = try NumberScan(
                session.database, sql, StatementArguments(named.mapValues(\.databaseValue)))
            try scan.rows { row in
                guard let id = row[0] else { return }
                if id.isMultiple(of: 1 << 16), let reason = session.cancellation.reason {
                    throw reason.error
                }
                ids.insert(id)
            }
        }
        return ids
    }

    /// Whether a connection passes, of which its ends and its id are told.
    func holds(_ connection: ScannedConnection) -> Bool {
        (sides?.contains(connection.side) ?? true)
            && (peers?.contains(connection.peerAddress) ?? true)
            && (localPorts?.contains(connection.localPort) ?? true)
            && (peerPorts?.contains(connection.peerPort) ?? true)
            && (connections?.contains(connection.id) ?? true)
    }
}

extension Passing? {
    /// Whether a connection passes; without a filter all do.
    func holds(_ connection: ScannedConnection) -> Bool { self?.holds(connection) ?? true }
}

/// A count over those connections alone that a filter lets pass.
struct PassingTally<Tally: ConnectionTally>: ConnectionTally {
    static var extent: ConnectionScan.Extent { .detail }
    static var part: ConnectionScan.Part { Tally.part }

    /// What was counted.
    var tally: Tally
    let passing: Passing

    mutating func add(_ connection: ScannedConnection) {
        if passing.holds(connection) { tally.add(connection) }
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
