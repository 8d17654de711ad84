import Model
import Store

/// Stays of lives that rows of `span` tell, as `state_history` has them.
struct SpannedStays {
    /// One stay, and the ends of its connection.
    struct Stay {
        var connection: ScannedConnection
        var state: TCPState
        var entered: Bounds
        var left: Bounds

        /// No moment that is told of it lies outside; what is still there has no end.
        var reach: AxisRange {
            AxisRange(
                since: entered.earliest ?? entered.latest ?? left.earliest ?? .min,
                until: left.latest ?? .max)
        }
    }

    private static let sql = """
        SELECT c.connection_id, c.side_id, c.peer_address_id,
          CASE d.is_local WHEN 1 THEN d.port ELSE c.port + 32768 END,
          CASE d.is_local WHEN 1 THEN c.port + 32768 ELSE d.port END, s.state,
          s.entered_min_us, s.entered_max_us, s.left_min_us, s.left_max_us
        FROM span AS s
        CROSS JOIN ended_connection AS c ON c.connection_id = s.connection_id
        CROSS JOIN side AS d ON d.side_id = c.side_id
        WHERE s.state IN (:states) AND c.facts >= 16384
        UNION ALL
        SELECT c.connection_id, p.side_id, p.peer_address_id, coalesce(c.local_port, 0),
          coalesce(c.peer_port, 0), s.state, s.entered_min_us, s.entered_max_us,
          CASE WHEN s.left_max_us IS NULL
            THEN max(coalesce(s.entered_max_us, c.seen_us), coalesce(c.seen_us, s.entered_max_us))
            ELSE s.left_min_us END, s.left_max_us
        FROM connection AS c
        JOIN live_connection AS p ON p.connection_id = c.connection_id
        JOIN span AS s ON s.connection_id = c.connection_id
        WHERE c.live = 1 AND c.has_spans = 1 AND s.state IN (:states)
        """

    /// How many stays go by between two looks at whether the answer is still wanted.
    private static let patience = 65_536

    /// Hands over each stay in one of these states.
    static func each(
        _ session: Session, in states: [TCPState], _ body: (Stay) throws -> Void
    ) throws {
        let numbers = states.map { String($0.rawValue) }.joined(separator: ", ")
        let sql = sql.replacing(":states", with: numbers)
        var until = patience
        try session.translating {
            try NumberScan(session.database, sql).rows { row in
                try body(stay(row))
                until -= 1
                guard until == 0 else { return }
                until = patience
                if let reason = session.cancellation.reason { throw reason.error }
            }
        }
    }

    private static func stay(_ row: NumberScan.Row) -> Stay {
        let connection = ScannedConnection(
            id: row[0] ?? 0, side: row[1] ?? 0, peerAddress: row[2] ?? 0, localPort: row[3] ?? 0,
            peerPort: row[4] ?? 0)
        return Stay(
            connection: connection, state: TCPState(rawValue: UInt8(clamping: row[5] ?? 0)),
            entered: Bounds(earliest: row.plain(6), latest: row.plain(7)),
            left: Bounds(earliest: row.plain(8), latest: row.plain(9)))
    }
}

/// What was there within a range, and what lasts beyond it.
struct Presence: Sendable {
    let range: AxisRange
    /// The last sample within the range or before; what it shows is there.
    let seen: Int64

    private static let seenSQL = "SELECT max(sampled_us) FROM samples WHERE sampled_us <= :until"

    init(_ session: Session, _ range: AxisRange) throws {
        self.range = range
        let question = Question(Self.seenSQL, scope: Scope(range), columns: [Column("seen_us")])
        if case .integer(let moment)? = try session.all(question).first?.first {
            seen = moment
        } else {
            seen = range.until
        }
    }

    /// When a stay ended: where it was last seen if that is all that is known; `Int64.max` where
    /// the last sample shows it.
    func finish(_ left: Bounds, began: Int64) -> Int64 {
        if let latest = left.latest { return left.point ?? latest }
        guard let earliest = left.earliest else { return began }
        return earliest >= seen ? .max : earliest
    }

    /// Whether a stay lies within the range, at least in part.
    func holds(began: Int64, finish: Int64) -> Bool {
        began <= range.until && finish >= range.since
    }

    /// Ends of equal parts of the range, in µs since it began.
    func probes(_ slots: Int64) -> [Int64] {
        let length = range.until - range.since
        return (0..<max(1, slots)).map { length * ($0 + 1) / max(1, slots) }
    }
}
