import Model

/// How near the host came to its limit of orphans; the kernel counts them over all namespaces.
package struct OrphanRoomQuery {
    private static let limits = """
        SELECT CAST(l.value AS INTEGER) FROM kernel_limits AS l
        WHERE l.recording_id = t.recording_id AND l.name = 'tcp_max_orphans'
        """

    private static let sql = """
        WITH counted AS (
          SELECT recording_id, sampled_us, tcp_orphans FROM sockstat
          WHERE sampled_us BETWEEN :since AND :until AND tcp_orphans IS NOT NULL
          ORDER BY tcp_orphans DESC, sampled_us LIMIT 1)
        SELECT tcp_orphans, sampled_us,
          coalesce((\(limits) AND l.from_us <= t.sampled_us ORDER BY l.from_us DESC LIMIT 1),
            (\(limits) ORDER BY l.from_us LIMIT 1))
        FROM counted AS t
        """

    /// The most at once, when, tcp_max_orphans; no row where they were not read.
    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("tcp_orphans", kind: .number), Column("tcp_orphans_at", kind: .moment),
                Column("tcp_max_orphans", kind: .number),
            ])
    }
}
