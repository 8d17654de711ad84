import Model

/// The recordings of a file, each with what it holds.
package struct RecordingsQuery {
    private static let sql = """
        SELECT recording_id, started_us,
          max(started_us, coalesce(ended_us, started_us), coalesce(
            (SELECT max(s.sampled_us) FROM samples AS s
             WHERE s.recording_id = r.recording_id), started_us)),
          ended_us, end_reason, host, kernel, version, interval_us,
          (SELECT count(*) FROM samples AS s WHERE s.recording_id = r.recording_id)
        FROM recordings AS r ORDER BY started_us, recording_id
        """

    private static let axisSQL = """
        SELECT recording_id, started_us,
          max(started_us, coalesce(ended_us, started_us), coalesce(
            (SELECT max(s.sampled_us) FROM samples AS s
             WHERE s.recording_id = r.recording_id), started_us)),
          (SELECT max(p.until_us) FROM prunings AS p
           WHERE p.recording_id = r.recording_id AND p.part = 'details')
        FROM recordings AS r ORDER BY started_us, recording_id
        """

    /// One row a recording, the oldest first.
    package static let question = Question(
        sql,
        columns: [
            Column("recording_id"), Column("started", kind: .moment),
            Column("last", kind: .moment), Column("ended", kind: .moment), Column("end_reason"),
            Column("host"), Column("kernel"), Column("version"),
            Column("interval_us", title: "interval", kind: .microseconds),
            Column("samples", kind: .number),
        ])

    /// Where each recording begins and ends on the axis, and before when its details were pruned:
    /// recording_id, started_us, last_us, pruned_us.
    static let axis = Question(
        axisSQL,
        columns: [
            Column("recording_id"), Column("started_us"), Column("last_us"), Column("pruned_us"),
        ])
}
