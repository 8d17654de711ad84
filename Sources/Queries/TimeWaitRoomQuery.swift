import Model

/// How near TIME_WAIT's table came to its limit, a row a namespace.
package struct TimeWaitRoomQuery {
    private static let sql = """
        WITH counted AS (
          SELECT recording_id, netns, sampled_us, time_wait,
            row_number() OVER (PARTITION BY netns ORDER BY time_wait DESC, sampled_us) AS back
          FROM state_counts
          WHERE sampled_us BETWEEN :since AND :until AND time_wait IS NOT NULL)
        SELECT time_wait, sampled_us, \(limit("tcp_max_tw_buckets")), \(limit("tcp_tw_reuse")),
          \(Namespaces.name)
        FROM counted AS t WHERE back = 1 AND time_wait > 0 ORDER BY time_wait DESC
        """

    /// A limit as it was at a row's moment, or as it was first read after it.
    private static func limit(_ name: String) -> String {
        let rows = """
            SELECT CAST(l.value AS INTEGER) FROM kernel_limits AS l
            WHERE l.recording_id = t.recording_id AND l.netns IS t.netns AND l.name = '\(name)'
            """
        return """
            coalesce((\(rows) AND l.from_us <= t.sampled_us ORDER BY l.from_us DESC LIMIT 1),
              (\(rows) ORDER BY l.from_us LIMIT 1))
            """
    }

    /// The most at once, when, tcp_max_tw_buckets, tcp_tw_reuse, the namespace.
    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("peak", kind: .number), Column("peak_at", kind: .moment),
                Column("tcp_max_tw_buckets", kind: .number), Column("tcp_tw_reuse", kind: .number),
                Column("namespace"),
            ])
    }
}
