import Model

/// Every limit that was recorded, with its use where the recording knows one, the nearest first.
package struct LimitsQuery {
    private static let limits = """
        limits AS MATERIALIZED (
          -- In force at the end of the range.
          SELECT netns, name, value FROM (
            SELECT netns, name, value,
              row_number() OVER (PARTITION BY netns, name ORDER BY from_us DESC) AS back
            FROM kernel_limits
            WHERE from_us <= :until AND coalesce(until_us, :until) >= :since)
          WHERE back = 1)
        """

    /// The kernel counts orphans and TCP's memory for the whole host, whichever namespace asks. Each
    /// gauge has its own SELECT, as one over all of them would sort every sample.
    private static let gauges = """
        peaks AS MATERIALIZED (
          SELECT 'file-max' AS name, NULL AS netns, max(allocated) AS peak, sampled_us AS peak_us
          FROM fd_counts WHERE sampled_us BETWEEN :since AND :until AND allocated IS NOT NULL
          UNION ALL
          SELECT 'tcp_max_tw_buckets', netns, max(tcp_time_wait), sampled_us
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until AND tcp_time_wait IS NOT NULL
          GROUP BY netns
          UNION ALL
          SELECT 'tcp_max_orphans', NULL, max(tcp_orphans), sampled_us
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until AND tcp_orphans IS NOT NULL
          UNION ALL
          SELECT 'tcp_mem', NULL, max(tcp_memory_pages), sampled_us
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until AND tcp_memory_pages IS NOT NULL),
        lasts AS MATERIALIZED (
          SELECT 'file-max' AS name, NULL AS netns, allocated AS last, max(sampled_us)
          FROM fd_counts WHERE sampled_us BETWEEN :since AND :until AND allocated IS NOT NULL
          UNION ALL
          SELECT 'tcp_max_tw_buckets', netns, tcp_time_wait, max(sampled_us)
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until AND tcp_time_wait IS NOT NULL
          GROUP BY netns
          UNION ALL
          SELECT * FROM (
            SELECT 'tcp_max_orphans', NULL, max(tcp_orphans), sampled_us
            FROM sockstat WHERE sampled_us BETWEEN :since AND :until AND tcp_orphans IS NOT NULL
            GROUP BY sampled_us ORDER BY sampled_us DESC LIMIT 1)
          UNION ALL
          SELECT * FROM (
            SELECT 'tcp_mem', NULL, max(tcp_memory_pages), sampled_us
            FROM sockstat
            WHERE sampled_us BETWEEN :since AND :until AND tcp_memory_pages IS NOT NULL
            GROUP BY sampled_us ORDER BY sampled_us DESC LIMIT 1))
        """

    /// Descriptors and accept queues.
    private static let holders = """
        holders AS MATERIALIZED (
          SELECT process_id, pid, comm, max(CASE WHEN back = 1 THEN open_fds END) AS last,
            max(max(open_fds, coalesce(peak_fds, 0))) AS peak,
            max(CASE WHEN back = 1 THEN soft_limit END) AS soft
          FROM (
            SELECT process_id, pid, comm, open_fds, peak_fds, soft_limit,
              row_number() OVER (PARTITION BY process_id ORDER BY from_us DESC) AS back
            FROM process_fds
            WHERE from_us <= :until AND coalesce(until_us, :until) >= :since)
          GROUP BY process_id),
        queues AS MATERIALIZED (
          SELECT netns, backlog, queue_peak, comm,
            CASE WHEN instr(local_address, ':') THEN '[' || local_address || ']'
              ELSE local_address END || ':' || local_port AS local
          FROM listeners
          WHERE first_seen_us <= :until AND coalesce(last_seen_us, :until) >= :since)
        """

    private static let ports = """
        busiest AS (
          SELECT netns, holder, last, peak, peak_us FROM (
            SELECT *, row_number() OVER (PARTITION BY netns ORDER BY peak DESC, holder) AS place
            FROM destinations)
          WHERE place = 1)
        """

    private static let rows = """
        line AS (
          SELECT l.name, l.netns, l.value,
            coalesce((
              SELECT n.name FROM namespaces AS n WHERE n.netns = l.netns AND n.name IS NOT NULL
              LIMIT 1), (
              SELECT CASE WHEN count(DISTINCT netns) > 1 THEN 'netns ' || l.netns END
              FROM namespaces), 'host') AS holder,
            CASE l.name
              WHEN 'tcp_mem' THEN
                CAST(replace(l.value, rtrim(l.value, '0123456789'), '') AS INTEGER)
              WHEN 'tcp_max_tw_buckets' THEN CAST(l.value AS INTEGER)
              WHEN 'tcp_max_orphans' THEN CAST(l.value AS INTEGER)
              WHEN 'file-max' THEN CAST(l.value AS INTEGER)
            END AS most, t.last, p.peak, p.peak_us
          FROM limits AS l
          LEFT JOIN peaks AS p ON p.name = l.name AND p.netns IS l.netns
          LEFT JOIN lasts AS t ON t.name = l.name AND t.netns IS l.netns
          WHERE l.name NOT IN ('ip_local_port_range', 'somaxconn', 'nr_open')
          UNION ALL
          SELECT 'file-max', NULL, CAST(m.maximum AS TEXT), 'host', m.maximum, t.last, p.peak,
            p.peak_us
          FROM (SELECT max(maximum) AS maximum FROM fd_counts
            WHERE sampled_us BETWEEN :since AND :until) AS m
          LEFT JOIN peaks AS p ON p.name = 'file-max'
          LEFT JOIN lasts AS t ON t.name = 'file-max'
          WHERE m.maximum IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM limits WHERE name = 'file-max')
          UNION ALL
          SELECT l.name, l.netns, l.value, coalesce(b.holder, 'host'), e.ports, b.last, b.peak,
            b.peak_us
          FROM limits AS l
          LEFT JOIN reachable AS e ON e.netns IS l.netns
          LEFT JOIN busiest AS b ON b.netns IS l.netns
          WHERE l.name = 'ip_local_port_range'
          UNION ALL
          SELECT l.name, l.netns, l.value,
            coalesce((SELECT q.local || coalesce(' ' || q.comm, '') FROM queues AS q
              WHERE q.netns IS l.netns ORDER BY q.queue_peak DESC, q.local LIMIT 1), 'host'),
            CAST(l.value AS INTEGER), NULL,
            (SELECT max(q.queue_peak) FROM queues AS q WHERE q.netns IS l.netns), NULL
          FROM limits AS l WHERE l.name = 'somaxconn'
          UNION ALL
          SELECT l.name, NULL, l.value,
            coalesce((SELECT comm || ' ' || pid FROM holders ORDER BY peak DESC, pid LIMIT 1), 'host'),
            CAST(l.value AS INTEGER),
            (SELECT last FROM holders ORDER BY peak DESC, pid LIMIT 1),
            (SELECT max(peak) FROM holders), NULL
          FROM limits AS l WHERE l.name = 'nr_open'
          UNION ALL
          SELECT * FROM (
            SELECT 'nofile', NULL, CAST(soft AS TEXT), comm || ' ' || pid, soft, last, peak, NULL
            FROM holders WHERE soft < 9223372036854775807
            ORDER BY CAST(peak AS REAL) / soft DESC, peak DESC, pid LIMIT 1)
          UNION ALL
          SELECT * FROM (
            SELECT 'backlog', netns, CAST(backlog AS TEXT), local || coalesce(' ' || comm, ''),
              backlog, NULL, queue_peak, NULL
            FROM queues WHERE backlog > 0 AND queue_peak IS NOT NULL
            ORDER BY CAST(queue_peak AS REAL) / backlog DESC, queue_peak DESC, local LIMIT 1))
        SELECT name, holder,
          CASE WHEN most < 9223372036854775807 OR most IS NULL THEN value ELSE 'unlimited' END,
          CASE WHEN most < 9223372036854775807 THEN most END AS most,
          last, peak,
          CASE WHEN most < 9223372036854775807
            THEN CAST(peak AS REAL) / nullif(most, 0) END AS used, peak_us, netns
        FROM line
        ORDER BY used IS NULL, used DESC, peak IS NULL, name, holder LIMIT :top
        """

    /// Destinations of clients from the views.
    private static let askedSQL = """
        WITH RECURSIVE
        \(limits),
        \(PortsSQL.tables),
        destinations AS (
          SELECT c.netns,
            coalesce(CASE WHEN instr(c.peer_address, ':') THEN '[' || c.peer_address || ']'
              ELSE c.peer_address END, '*') || ':' || coalesce(c.peer_port, '*') AS holder,
            (SELECT value FROM json_each(d.levels) ORDER BY key DESC LIMIT 1) AS last,
            k.peak, k.peak_at AS peak_us
          FROM counted AS c JOIN drawn AS d USING (number) JOIN peak AS k USING (number)),
        \(ports),
        \(gauges),
        \(holders),
        \(rows)
        """

    /// Destinations of clients counted beforehand.
    private static let countedSQL = """
        WITH RECURSIVE
        \(limits),
        \(PortRanges.tables),
        destinations AS (
          SELECT json_extract(value, '$[0]') AS netns,
            coalesce(CASE WHEN instr(a.address, ':') THEN '[' || a.address || ']'
              ELSE a.address END, '*') || ':' || coalesce(json_extract(value, '$[3]'), '*')
              AS holder,
            json_extract(value, '$[4]') AS last, json_extract(value, '$[5]') AS peak,
            json_extract(value, '$[6]') AS peak_us
          FROM json_each(:counts)
          LEFT JOIN address AS a ON a.address_id = json_extract(value, '$[2]')),
        \(ports),
        \(gauges),
        \(holders),
        \(rows)
        """

    private static let wantedSQL = """
        SELECT EXISTS (SELECT 1 FROM kernel_limits WHERE name = 'ip_local_port_range'
          AND from_us <= :until AND coalesce(until_us, :until) >= :since)
        """

    package let question: Question

    /// One row a limit; with a bucket's length, one for each part of the range.
    package init(_ scope: Scope, bucketMicroseconds: Int64? = nil) {
        question = Question.parted(
            scope, bucketMicroseconds, counts: { try Self.counts($0, scope, $1) }, Self.question)
    }

    private static func question(_ scope: Scope) -> Question {
        var question = Question(
            countedSQL, scope: scope, arguments: ["slots": .integer(1)],
            columns: [
                Column("limit"), Column("of"), Column("value"),
                Column("most", title: "allowed", kind: .number),
                Column("last", kind: .number), Column("peak", kind: .number),
                Column("peak_share", title: "used", kind: .ratio),
                Column("peak_at", title: "when", kind: .moment), Column("netns"),
            ])
        question.shown = [0, 1, 2, 4, 5, 6]
        question.asked =
            Question(PortsSQL.gathered(askedSQL, by: nil), scope: scope, columns: []).sql
        return question
    }

    private static func counts(
        _ session: Session, _ scope: Scope, _ buckets: Buckets
    ) throws -> [[String: Cell]] {
        let wanted = Question(
            wantedSQL, scope: scope, columns: [Column("wanted", kind: .number)])
        guard try session.all(wanted).first?.first == .integer(1) else {
            return buckets.ranges.map { _ in ["counts": .text("[]")] }
        }
        var tally = try PortsQuery.tally(session, scope, buckets)
        return tally.parts.indices.map { ["counts": tally.parts[$0].fullest()] }
    }
}
