import Model
import Store

/// How near TIME_WAIT's table came to its limit, a row a namespace.
package struct TimeWaitRoomQuery {
    private static let sql = """
        WITH counted AS (
          SELECT recording_id, netns, sampled_us, time_wait,
            row_number() OVER (PARTITION BY netns ORDER BY time_wait DESC, sampled_us) AS back
          FROM state_counts
          WHERE sampled_us BETWEEN :since AND :until AND time_wait IS NOT NULL)
        SELECT time_wait, sampled_us, \(limit("tcp_max_tw_buckets")), \(limit("tcp_tw_reuse")),
          \(Namespaces.name)
        FROM counted AS t WHERE back = 1 AND time_wait > 0 ORDER BY time_wait DESC
        """

    /// A limit as it was at a row's moment, or as it was first read after it.
    private static func limit(_ name: String) -> String {
        let rows = """
            SELECT CAST(l.value AS INTEGER) FROM kernel_limits AS l
            WHERE l.recording_id = t.recording_id AND l.netns IS t.netns AND l.name = '\(name)'
            """
        return """
            coalesce((\(rows) AND l.from_us <= t.sampled_us ORDER BY l.from_us DESC LIMIT 1),
              (\(rows) ORDER BY l.from_us LIMIT 1))
            """
    }

    /// The most at once, when, tcp_max_tw_buckets, tcp_tw_reuse, the namespace.
    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("peak", kind: .number), Column("peak_at", kind: .moment),
                Column("tcp_max_tw_buckets", kind: .number), Column("tcp_tw_reuse", kind: .number),
                Column("namespace"),
            ])
    }
}

/// TIME-WAITs of a range that ended before their time.
package struct EarlyTimeWaits: Sendable {
    /// Taken over by a new connection that this host opened, which tcp_tw_reuse allows.
    package private(set) var reusedHere: Int64 = 0
    /// Taken over by a new connection of the peer, which needs no leave.
    package private(set) var reusedByPeer: Int64 = 0
    /// Ended by a reset mostly.
    package private(set) var cutShort: Int64 = 0

    /// Counts them over all connections.
    package init(_ session: Session, _ scope: Scope) throws {
        let empty = Tally(range: scope.range, sides: try ClientSides(session))
        self = try session.tally(empty, passing: try Passing(session, scope)).counted
    }

    private init() {}

    private struct Tally: ConnectionTally {
        static let extent = ConnectionScan.Extent.detail

        let range: AxisRange
        let sides: ClientSides
        var counted = EarlyTimeWaits()

        mutating func add(_ connection: ScannedConnection) {
            guard let end = connection.timeWaitEnd, end == .reused || end == .cutShort,
                let latest = connection.timeWaitEntered.latest,
                connection.timeWaitEntered.point ?? latest <= range.until
            else { return }
            let left = connection.timeWaitLeft
            guard left.point ?? left.earliest ?? .max >= range.since else { return }
            guard end == .reused else { return counted.cutShort += 1 }
            if sides.index(connection.side) != nil {
                counted.reusedHere += 1
            } else {
                counted.reusedByPeer += 1
            }
        }

        mutating func merge(_ other: Tally) {
            counted.reusedHere += other.counted.reusedHere
            counted.reusedByPeer += other.counted.reusedByPeer
            counted.cutShort += other.counted.cutShort
        }
    }
}
