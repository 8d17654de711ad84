import Model

/// Which process listens where, how full its accept queue got, and what overflowed.
package struct ListenersQuery {
    /// Steps between two readings in which accept queues overflowed, as the kernel counts them: by
    /// namespace, not by listener.
    private static let rises = """
        rises AS MATERIALIZED (
          SELECT recording_id, netns, before, at, overflows FROM (
            SELECT recording_id, netns, sampled_us AS at,
              lag(sampled_us) OVER steps AS before,
              listen_overflows - lag(listen_overflows) OVER steps AS overflows
            FROM kernel_counters WHERE listen_overflows IS NOT NULL
            WINDOW steps AS (PARTITION BY recording_id, netns ORDER BY sample_id))
          WHERE overflows > 0 AND at > :since AND before < :until),
        there AS MATERIALIZED (
          SELECT l.listener_id, r.recording_id, r.netns, r.before, r.at, r.overflows,
            count(*) OVER (PARTITION BY r.recording_id, r.netns, r.at) AS others
          FROM rises AS r JOIN listeners AS l
            ON l.recording_id = r.recording_id AND l.netns IS r.netns
              AND l.first_seen_us <= r.at AND l.last_seen_us >= r.before)
        """

    private static let sql = """
        WITH
        \(rises),
        blamed AS (
          SELECT listener_id, sum(CASE WHEN others = 1 THEN overflows ELSE 0 END) AS least,
            sum(overflows) AS most
          FROM there GROUP BY listener_id),
        counted AS (
          SELECT DISTINCT recording_id, netns FROM kernel_counters
          WHERE listen_overflows IS NOT NULL AND sampled_us BETWEEN :since AND :until)
        SELECT CASE WHEN instr(local_address, ':') THEN '[' || local_address || ']'
            ELSE local_address END || ':' || local_port AS local,
          comm, pid, queue_peak, backlog, CAST(queue_peak AS REAL) / nullif(backlog, 0),
          accepted, first_seen_us, last_seen_us, t.netns, \(Namespaces.name),
          -- The kernel takes one more than the backlog.
          queue_peak > backlog,
          CASE WHEN c.recording_id IS NOT NULL THEN coalesce(b.least, 0) END,
          CASE WHEN c.recording_id IS NOT NULL THEN coalesce(b.most, 0) END
        FROM listeners AS t
        LEFT JOIN blamed AS b ON b.listener_id = t.listener_id
        LEFT JOIN counted AS c ON c.recording_id = t.recording_id AND c.netns IS t.netns
        WHERE first_seen_us <= :until AND coalesce(last_seen_us, :until) >= :since
        ORDER BY accepted DESC, local_port, local_address, t.listener_id LIMIT :top
        """

    private static let overflowsSQL = """
        WITH
        \(rises),
        totals AS (
          SELECT recording_id, netns, sum(overflows) AS overflows, min(before) AS since_us,
            max(at) AS until_us
          FROM rises GROUP BY recording_id, netns)
        SELECT \(Namespaces.name), t.overflows, t.since_us, t.until_us,
          (SELECT count(DISTINCT h.listener_id) FROM there AS h
            WHERE h.recording_id = t.recording_id AND h.netns IS t.netns),
          (SELECT group_concat(told, ', ') FROM (
            SELECT CASE WHEN instr(l.local_address, ':') THEN '[' || l.local_address || ']'
                ELSE l.local_address END || ':' || l.local_port
                || coalesce(' (' || l.comm || ')', '') AS told
            FROM listeners AS l
            WHERE l.listener_id IN (SELECT h.listener_id FROM there AS h
                WHERE h.recording_id = t.recording_id AND h.netns IS t.netns)
              AND (l.queue_peak > l.backlog OR 1 = (
                SELECT count(DISTINCT h.listener_id) FROM there AS h
                WHERE h.recording_id = t.recording_id AND h.netns IS t.netns))
            ORDER BY l.listener_id LIMIT 3)),
          (SELECT count(*) FROM listeners AS l
            WHERE l.queue_peak > l.backlog AND l.listener_id IN (
              SELECT h.listener_id FROM there AS h
              WHERE h.recording_id = t.recording_id AND h.netns IS t.netns))
        FROM totals AS t ORDER BY t.overflows DESC
        """

    package let question: Question
    /// Where accept queues overflowed, a row a namespace: its name, how often, between which two
    /// readings first and last, how many listeners were there, those that were seen full or the
    /// only one, how many were seen full.
    package let overflows: Question

    /// `apart` shows which namespace each is in.
    package init(_ scope: Scope, apart: Bool = false) {
        var question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("local"), Column("process"), Column("pid"),
                Column("queue_peak", title: "queue peak", kind: .number),
                Column("backlog", kind: .number),
                Column("filled", kind: .ratio),
                Column("accepted", kind: .number),
                Column("first_seen", title: "first seen", kind: .moment),
                Column("last_seen", title: "last seen", kind: .moment),
                Column("netns"), Column("namespace"),
                Column("was_full", title: "was full", kind: .number),
                Column("overflows_min", title: "overflows", kind: .number),
                Column("overflows_max", title: "at most", kind: .number),
            ], essential: 7)
        if apart { question.shown = [10, 0, 1, 2, 3, 4, 5, 6] }
        self.question = question
        overflows = Question(
            Self.overflowsSQL, scope: scope,
            columns: [
                Column("namespace"), Column("overflows", kind: .number),
                Column("since", kind: .moment), Column("until", kind: .moment),
                Column("listeners", kind: .number), Column("told"),
                Column("full", kind: .number),
            ])
    }

    /// What people see where accept queues overflowed, in one namespace or several.
    package static func shownWithOverflows(apart: Bool) -> [Int] {
        (apart ? [10] : []) + [0, 1, 4, 5, 6, 12, 13]
    }
}
