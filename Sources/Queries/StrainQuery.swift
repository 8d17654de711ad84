import Model

/// How the recorder itself fared in a range: how late it looked and wrote at the worst, and what
/// contradicted itself.
package struct StrainQuery {
    private static let sql = """
        WITH health AS (
          SELECT * FROM recorder_health WHERE sampled_us BETWEEN :since AND :until)
        SELECT
          max(lag_us),
          (SELECT sampled_us FROM health WHERE lag_us IS NOT NULL
            ORDER BY lag_us DESC, sampled_us LIMIT 1),
          max(write_us), max(backlog_bytes),
          -- Both count on from the beginning of each recording.
          (SELECT sum(late) FROM (
            SELECT max(late_events) - min(late_events) AS late FROM health
            GROUP BY recording_id)),
          (SELECT sum(drift) FROM (
            SELECT max(drift) - min(drift) AS drift FROM health GROUP BY recording_id)),
          max(memory_bytes)
        FROM health
        """

    package let question: Question

    package init(_ range: AxisRange) {
        question = Question(
            Self.sql, scope: Scope(range),
            columns: [
                Column("lag_us", kind: .microseconds), Column("lag_at", kind: .moment),
                Column("write_us", kind: .microseconds), Column("backlog_bytes", kind: .bytes),
                Column("late_events", kind: .number), Column("drift", kind: .number),
                Column("memory_bytes", kind: .bytes),
            ])
    }
}
