import Model

/// Open file descriptors: of the host, then of each process, the fullest first.
package struct DescriptorsQuery {
    private static let sql = """
        WITH
        parts AS (
          -- Parts of one and a half intervals: only a gap leaves one empty.
          SELECT max(1, min(:slots, (count(*) - 1) * 2 / 3)) AS n
          FROM samples WHERE sampled_us BETWEEN :since AND :until),
        slots AS (
          SELECT 0 AS slot, :since AS start, :since + (:until - :since) / n AS finish FROM parts
          UNION ALL
          SELECT slot + 1, :since + (slot + 1) * (:until - :since) / n,
            :since + (slot + 2) * (:until - :since) / n
          FROM slots, parts WHERE slot + 1 < n),
        host AS MATERIALIZED (
          SELECT sampled_us, allocated, maximum,
            row_number() OVER (ORDER BY sampled_us) AS forth,
            row_number() OVER (ORDER BY sampled_us DESC) AS back
          FROM fd_counts
          WHERE sampled_us BETWEEN :since AND :until AND allocated IS NOT NULL),
        held AS MATERIALIZED (
          SELECT process_id, pid, comm, from_us, until_us, open_fds, peak_fds,
            CASE WHEN soft_limit < 9223372036854775807 THEN soft_limit END AS soft_limit,
            row_number() OVER (PARTITION BY process_id ORDER BY from_us) AS forth,
            row_number() OVER (PARTITION BY process_id ORDER BY from_us DESC) AS back
          FROM process_fds
          WHERE from_us <= :until AND coalesce(until_us, :until) >= :since AND :filter),
        totals AS (
          SELECT process_id, pid, comm, max(CASE WHEN back = 1 THEN open_fds END) AS latest,
            max(max(open_fds, coalesce(peak_fds, 0))) AS peak,
            max(CASE WHEN back = 1 THEN open_fds END)
              - max(CASE WHEN forth = 1 THEN open_fds END) AS growth,
            max(CASE WHEN back = 1 THEN soft_limit END) AS most
          FROM held GROUP BY process_id
          ORDER BY CAST(peak AS REAL) / most DESC, peak DESC, comm, pid LIMIT :top),
        drawn AS (
          SELECT process_id, slot, max(peak_fds) AS peak
          FROM slots CROSS JOIN held
          WHERE from_us <= finish AND coalesce(until_us, :until) >= start
            AND process_id IN (SELECT process_id FROM totals)
          GROUP BY process_id, slot)
        SELECT 'host' AS scope, NULL, NULL, max(CASE WHEN back = 1 THEN allocated END),
          max(allocated), max(CASE WHEN back = 1 THEN allocated END)
            - max(CASE WHEN forth = 1 THEN allocated END),
          CASE WHEN max(maximum) < 9223372036854775807 THEN max(maximum) END,
          CASE WHEN max(maximum) < 9223372036854775807
            THEN CAST(max(allocated) AS REAL) / max(maximum) END,
          (SELECT json_group_array(peak) FROM (
            SELECT max(allocated) AS peak FROM slots LEFT JOIN host
              ON sampled_us >= start AND sampled_us <= finish GROUP BY slot ORDER BY slot)), NULL
        FROM host HAVING count(*) > 0 AND \(hostMark)
        UNION ALL
        SELECT 'process', comm, pid, latest, peak, growth, most, CAST(peak AS REAL) / most,
          (SELECT json_group_array(peak) FROM (
            SELECT d.peak FROM slots LEFT JOIN drawn AS d
              ON d.slot = slots.slot AND d.process_id = totals.process_id ORDER BY slots.slot)),
          process_id
        FROM totals
        """

    private static let hostMark = ":host"

    package let question: Question
    /// Process, from, until and descriptors; the values that a slope rests on.
    package let values: Question

    /// The series hold the peaks of `slots` equal parts of the range. The host's row is left out
    /// where a filter asks for processes.
    package init(_ scope: Scope, slots: Int64 = 24) {
        let sql = Self.sql.replacing(
            Self.hostMark, with: scope.filter == .all ? "TRUE" : "FALSE")
        question = Question(
            sql, scope: scope, arguments: ["slots": .integer(max(1, slots))],
            columns: [
                Column("scope"), Column("process"), Column("pid"),
                Column("last", kind: .number), Column("peak", kind: .number),
                Column("growth", kind: .number), Column("limit", kind: .number),
                Column("peak_share", title: "used", kind: .ratio),
                Column("peaks", title: "over time", kind: .series),
                Column("process_id"),
            ])
        values = Question(
            Self.valuesSQL, scope: scope,
            columns: ["process_id", "from_us", "until_us", "value"].map { Column($0) })
    }

    /// What was open when: of each process and, without one, of the host; in the order of time.
    private static let valuesSQL = """
        SELECT NULL, sampled_us AS from_us, NULL, allocated FROM fd_counts
        WHERE sampled_us BETWEEN :since AND :until AND allocated IS NOT NULL
        UNION ALL
        SELECT process_id, from_us, until_us, open_fds FROM process_fds
        WHERE from_us <= :until AND coalesce(until_us, :until) >= :since
        ORDER BY from_us
        """
}
