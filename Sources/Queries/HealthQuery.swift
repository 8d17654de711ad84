import Model

/// How a recording's file grew, and when it was last written.
package struct HealthQuery {
    private static let sql = """
        WITH health AS (
          SELECT sampled_us, file_bytes FROM recorder_health
          WHERE recording_id = :recording AND file_bytes IS NOT NULL
            -- The first samples write what was there before.
            AND sampled_us >= 5000000
              + (SELECT min(sampled_us) FROM samples WHERE recording_id = :recording))
        SELECT
          (SELECT max(sampled_us) FROM samples WHERE recording_id = :recording),
          (SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()),
          ((SELECT file_bytes FROM health ORDER BY sampled_us DESC LIMIT 1)
            - (SELECT file_bytes FROM health ORDER BY sampled_us LIMIT 1)) * 86400e6
            / (SELECT max(sampled_us) - min(sampled_us) FROM health
              HAVING max(sampled_us) - min(sampled_us) >= 30000000),
          (SELECT (max(sampled_us) - min(sampled_us)) / nullif(count(*) - 1, 0)
            FROM samples WHERE recording_id = :recording)
        """

    package let question: Question

    package init(recording: Int64) {
        question = Question(
            Self.sql, arguments: ["recording": .integer(recording)],
            columns: [
                Column("last_sample", kind: .moment), Column("file_bytes", kind: .bytes),
                Column("bytes_a_day", kind: .bytes),
                Column("interval_kept_us", kind: .microseconds),
            ])
    }
}
