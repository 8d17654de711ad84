import Model

/// Who holds TIME_WAIT sockets, for how long, and how they ended.
package struct TimeWaitQuery {
    private static let sql = """
        SELECT :group AS grouped, sum(ended_by <> 'no_room') AS entries,
          sum(ended_by = 'open') AS still_there,
          min(CASE WHEN ended_by <> 'no_room' THEN duration_min_s END),
          avg(CASE WHEN ended_by <> 'no_room' THEN duration_s END),
          max(CASE WHEN ended_by <> 'no_room' THEN duration_max_s END),
          sum(ended_by = 'expired'), sum(ended_by = 'reused'), sum(ended_by = 'cut_short'),
          sum(ended_by = 'unobserved'), sum(ended_by = 'no_room') AS no_room
        FROM time_waits
        -- Whatever was there within the range, as in the table's own counts.
        WHERE coalesce(entered_us, entered_max_us) <= :until
          AND (coalesce(left_us, left_min_us) >= :since OR left_min_us IS NULL)
          AND :filter
        GROUP BY grouped ORDER BY entries DESC, no_room DESC, grouped LIMIT :top
        """

    /// As `sql`, of all connections: counted beforehand, in half microseconds.
    private static let countedSQL = """
        WITH counted AS (
          SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS entries,
            json_extract(value, '$[2]') AS shortest, json_extract(value, '$[3]') AS total,
            json_extract(value, '$[4]') AS number, json_extract(value, '$[5]') AS longest,
            json_extract(value, '$[6]') AS still_there, json_extract(value, '$[7]') AS expired,
            json_extract(value, '$[8]') AS reused, json_extract(value, '$[9]') AS cut,
            json_extract(value, '$[10]') AS unobserved, json_extract(value, '$[11]') AS no_room
          FROM json_each(:counts)),
        told AS (SELECT :group AS grouped, t.* FROM (:keys) AS t)
        SELECT grouped, sum(entries) AS entries, sum(still_there), min(shortest) / 2e6,
          CAST(sum(total) AS REAL) / nullif(sum(number), 0) / 2e6, max(longest) / 2e6,
          sum(expired), sum(reused), sum(cut), sum(unobserved), sum(no_room) AS no_room
        FROM told GROUP BY grouped ORDER BY entries DESC, no_room DESC, grouped LIMIT :top
        """
    private static let sideKeys = """
        SELECT c.*, p.comm,
          CASE d.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role
        FROM counted AS c JOIN side AS d ON d.side_id = c.key
        LEFT JOIN process AS p ON p.process_id = d.process_id
        """
    private static let peerKeys = """
        SELECT c.*, nullif(nullif(a.address, '0.0.0.0'), '::') AS peer_address
        FROM counted AS c JOIN address AS a ON a.address_id = c.key
        """
    private static let portKeys = """
        SELECT *, nullif(key, 0) AS local_port, nullif(key, 0) AS peer_port FROM counted
        """

    /// Nearly always there is none at all, which a look at one column tells.
    private static let noRoomSQL = """
        SELECT CASE WHEN EXISTS (SELECT 1 FROM ended_connection WHERE tw_end & 7 = 5)
            OR EXISTS (SELECT 1 FROM live_connection WHERE tw_end & 7 = 5)
          THEN (SELECT count(*) FROM time_waits
            WHERE ended_by = 'no_room' AND entered_us BETWEEN :since AND :until AND :filter)
          ELSE 0 END
        """

    package let question: Question

    /// One row a group, the largest first; with a bucket's length, such rows for each part of the
    /// range. People see how many found no room in place of the ends that were not seen, where
    /// `showsNoRoom` says so.
    package init(
        _ scope: Scope, by grouping: Grouping, bucketMicroseconds: Int64? = nil,
        showsNoRoom: Bool = false
    ) {
        let counts: Question.Counts = { session, buckets in
            let parts = buckets.ranges.map { TimeWaitTally($0, by: grouping) }
            return try session.parted(buckets, parts, passing: try Passing(session, scope)).parts
                .map { ["counts": $0.cell] }
        }
        let isCounted = Self.keys(of: grouping) != nil
        question = Question.parted(scope, bucketMicroseconds, counts: isCounted ? counts : nil) {
            var question = Self.question($0, by: grouping)
            question.shown = Array(0...8) + [showsNoRoom ? 10 : 9]
            return question
        }
    }

    /// How many closers found no room in TIME_WAIT's table, one row.
    package static func noRoom(_ scope: Scope) -> Question {
        Question(noRoomSQL, scope: scope, columns: [Column("no_room", kind: .number)])
    }

    private static func question(_ scope: Scope, by grouping: Grouping) -> Question {
        let keys = keys(of: grouping)
        var question = Question(
            keys.map { countedSQL.replacing(":keys", with: $0) } ?? sql, scope: scope,
            grouping: grouping, columns: columns(grouping))
        question.asked = Question(sql, scope: scope, grouping: grouping, columns: []).sql
        return question
    }

    private static func columns(_ grouping: Grouping) -> [Column] {
        [
            Column(grouping.column, title: grouping.column.replacing("_", with: " ")),
            Column("time_waits", title: "count", kind: .number),
            Column("still_there", title: "now", kind: .number),
            Column("shortest_s", title: "min", kind: .seconds),
            Column("mean_s", title: "mean", kind: .seconds),
            Column("longest_s", title: "max", kind: .seconds),
            Column("expired", kind: .number), Column("reused", kind: .number),
            Column("cut_short", title: "cut", kind: .number),
            Column("unobserved", title: "unseen", kind: .number),
            Column("no_room", title: "no room", kind: .number),
        ]
    }

    /// Where a group's name comes from; nil where it is told by the end of each connection.
    private static func keys(of grouping: Grouping) -> String? {
        switch grouping {
        case .process, .role: sideKeys
        case .peer: peerKeys
        case .port, .peerPort: portKeys
        case .closer: nil
        }
    }
}
