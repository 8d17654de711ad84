import Model

/// Each stretch of the processes whose descriptors grew, or are near their limit.
package struct DescriptorCourseQuery {
    private static let sql = """
        WITH held AS (
          SELECT process_id, comm AS process, pid, max(from_us, :since) AS from_us,
            min(coalesce(until_us, :until), :until) AS until_us, open_fds, peak_fds,
            CASE WHEN soft_limit < 9223372036854775807 THEN soft_limit END AS soft_limit
          FROM process_fds
          WHERE from_us <= :until AND coalesce(until_us, :until) >= :since),
        wanted AS (
          SELECT process_id FROM held GROUP BY process_id
          HAVING max(max(open_fds, coalesce(peak_fds, 0))) >= :use * max(soft_limit)
            OR max(open_fds) - min(open_fds) >= :growth)
        SELECT process_id, process, pid, from_us, until_us, open_fds, peak_fds, soft_limit
        FROM held WHERE process_id IN (SELECT process_id FROM wanted)
        ORDER BY process_id, from_us
        """

    package let question: Question

    /// Those that grew by `growth`, or used `share` of their soft limit.
    package init(_ scope: Scope, growth: Int64, share: Double) {
        question = Question(
            Self.sql, scope: scope,
            arguments: ["growth": .integer(growth), "use": .real(share)],
            columns: [
                "process_id", "process", "pid", "from_us", "until_us", "open_fds", "peak_fds",
                "soft_limit",
            ].map { Column($0) })
    }
}
