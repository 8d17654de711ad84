import Model

/// How far apart the dumps of a range are: what the middle one of all distances is.
package enum DumpIntervalQuery {
    private static let sql = """
        WITH step AS (
          SELECT sampled_us - lag(sampled_us) OVER (
            PARTITION BY recording_id ORDER BY sampled_us) AS length
          FROM samples WHERE basis = 'dump' AND sampled_us BETWEEN :since AND :until)
        SELECT length / 1e6 FROM step WHERE length > 0
        ORDER BY length LIMIT 1 OFFSET (SELECT count(length) / 2 FROM step WHERE length > 0)
        """

    /// One row, or none where there are not two dumps.
    package static func question(_ scope: Scope) -> Question {
        Question(sql, scope: scope, columns: [Column("interval_s", kind: .seconds)])
    }
}
