import Model
import Store

/// TIME-WAITs of a range that ended before their time.
package struct EarlyTimeWaits: Sendable {
    /// Taken over by a new connection that this host opened, which tcp_tw_reuse allows.
    package private(set) var reusedHere: Int64 = 0
    /// Taken over by a new connection of the peer, which needs no leave.
    package private(set) var reusedByPeer: Int64 = 0
    /// Ended by a reset mostly.
    package private(set) var cutShort: Int64 = 0

    /// Of all connections: those that ended so are few, and told by one column.
    private static let sql = """
        SELECT sum(tw_ended_by = 2 AND role = 1), sum(tw_ended_by = 2 AND role <> 1),
          sum(tw_ended_by = 3)
        FROM (
          SELECT tw_ended_by, role,
            coalesce(tw_entered_min_us + (tw_entered_max_us - tw_entered_min_us) / 2,
              tw_entered_max_us) AS entered,
            coalesce(tw_left_min_us + (tw_left_max_us - tw_left_min_us) / 2, tw_left_min_us)
              AS left
          FROM stored_connection WHERE tw_ended_by IN (2, 3))
        WHERE entered <= :until AND (left >= :since OR left IS NULL)
        """

    /// Counts them over all connections.
    package init(_ session: Session, _ scope: Scope) throws {
        guard scope.filter != .all else {
            let columns = (0..<3).map { Column("column_\($0)", kind: .number) }
            let rows = try session.all(Question(Self.sql, scope: scope, columns: columns))
            let numbers = (rows.first ?? []).map { cell -> Int64 in
                if case .integer(let number) = cell { number } else { 0 }
            }
            guard numbers.count == 3 else { return }
            (reusedHere, reusedByPeer, cutShort) = (numbers[0], numbers[1], numbers[2])
            return
        }
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
