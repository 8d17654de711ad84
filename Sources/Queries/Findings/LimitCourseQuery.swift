import Model

/// How near the host and its namespaces came to their limits, in equal parts of the range.
package struct LimitCourseQuery {
    /// Orphans and TCP's memory are counted for the whole host, whichever namespace tells them. A
    /// limit that nothing can reach is none.
    private static let sql = """
        WITH point AS (
          SELECT recording_id, NULL AS netns, 'file-max' AS name, sampled_us, allocated AS value,
            maximum AS fixed
          FROM fd_counts WHERE sampled_us BETWEEN :since AND :until
          UNION ALL
          SELECT recording_id, netns, 'tcp_max_tw_buckets', sampled_us, time_wait, NULL
          FROM state_counts WHERE sampled_us BETWEEN :since AND :until
          UNION ALL
          SELECT recording_id, NULL, 'tcp_max_orphans', sampled_us, tcp_orphans, NULL
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until
          UNION ALL
          SELECT recording_id, NULL, 'tcp_mem', sampled_us, tcp_memory_pages, NULL
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until),
        t AS (
          SELECT recording_id, netns, name, sampled_us AS at_us, max(value) AS value, fixed
          FROM point WHERE value IS NOT NULL
          GROUP BY recording_id, netns, name,
            (sampled_us - :since) * :parts / (:until - :since + 1)),
        limited AS (
          SELECT *, coalesce(fixed, (
            SELECT CAST(CASE t.name WHEN 'tcp_mem' THEN substr(k.value,
                instr(k.value, ' ') + instr(substr(k.value, instr(k.value, ' ') + 1), ' ') + 1)
              ELSE k.value END AS INTEGER)
            FROM kernel_limits AS k
            WHERE k.name = t.name AND k.recording_id = t.recording_id AND k.netns IS t.netns
              AND k.from_us <= t.at_us ORDER BY k.from_us DESC LIMIT 1)) AS limit_value
          FROM t)
        SELECT name, netns, \(Namespaces.name) AS namespace, at_us, value, limit_value
        FROM limited AS t WHERE limit_value BETWEEN 1 AND 9000000000000000000
        ORDER BY name, netns, at_us
        """

    package let question: Question

    /// The most of each part.
    package init(_ scope: Scope, parts: Int64 = 96) {
        question = Question(
            Self.sql, scope: scope, arguments: ["parts": .integer(max(1, parts))],
            columns: ["name", "netns", "namespace", "at_us", "value", "limit_value"]
                .map { Column($0) })
    }
}
