import Model

/// How a recording's file grew, and when it was last written.
package struct HealthQuery {
    private static let sql = """
        WITH health AS (
          SELECT sampled_us, file_bytes, lag_us FROM recorder_health
          WHERE recording_id = :recording AND file_bytes IS NOT NULL)
        SELECT
          (SELECT max(sampled_us) FROM samples WHERE recording_id = :recording),
          (SELECT file_bytes FROM health ORDER BY sampled_us DESC LIMIT 1),
          ((SELECT file_bytes FROM health ORDER BY sampled_us DESC LIMIT 1)
            - (SELECT file_bytes FROM health ORDER BY sampled_us LIMIT 1)) * 86400e6
            / nullif((SELECT max(sampled_us) - min(sampled_us) FROM health), 0)
        """

    package let question: Question

    package init(recording: Int64) {
        question = Question(
            Self.sql, arguments: ["recording": .integer(recording)],
            columns: [
                Column("last_sample", kind: .moment), Column("file_bytes", kind: .bytes),
                Column("bytes_a_day", kind: .bytes),
            ])
    }
}
