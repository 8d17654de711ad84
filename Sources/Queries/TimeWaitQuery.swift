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

    private static let noRoomSQL = """
        SELECT count(*) FROM time_waits
        WHERE ended_by = 'no_room' AND entered_us BETWEEN :since AND :until AND :filter
        """

    package let question: Question
    /// How many closers found no room in TIME_WAIT's table, one row.
    package let noRoom: Question

    /// What people see where some found no room: how many, in place of the ends that were not seen.
    package static let shownWithNoRoom = Array(0...8) + [10]

    /// One row a group, the largest first.
    package init(_ scope: Scope, by grouping: Grouping) {
        noRoom = Question(
            Self.noRoomSQL, scope: scope, columns: [Column("no_room", kind: .number)])
        question = Question(
            Self.sql, scope: scope, grouping: grouping,
            columns: [
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
            ], essential: 10)
    }
}
