/// How much of a range recordings were running.
enum RecordedTime {
    /// Each recording's stretch of the axis, as a table expression.
    static let stretches = """
        SELECT started_us AS started,
          max(started_us, coalesce(ended_us, started_us), coalesce(
            (SELECT max(s.sampled_us) FROM samples AS s
             WHERE s.recording_id = r.recording_id), started_us)) AS ended
        FROM recordings AS r
        """

    /// Seconds within the range, as a table `recorded` with one row; NULL for none.
    static let sql = """
        recorded AS MATERIALIZED (
          SELECT nullif(sum(max(0, min(:until, ended) - max(:since, started))), 0) / 1e6 AS seconds
          FROM (\(stretches)))
        """
}
