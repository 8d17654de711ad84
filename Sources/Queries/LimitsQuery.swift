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

    private static let gauges = """
        gauges AS (
          SELECT 'file-max' AS name, NULL AS netns, sampled_us AS at, allocated AS used
          FROM fd_counts WHERE sampled_us BETWEEN :since AND :until
          UNION ALL
          SELECT 'tcp_max_tw_buckets', netns, sampled_us, tcp_time_wait
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until
          -- The kernel counts these for the whole host, whichever namespace asks.
          UNION ALL
          SELECT 'tcp_max_orphans', NULL, sampled_us, max(tcp_orphans)
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until GROUP BY sample_id
          UNION ALL
          SELECT 'tcp_mem', NULL, sampled_us, max(tcp_memory_pages)
          FROM sockstat WHERE sampled_us BETWEEN :since AND :until GROUP BY sample_id),
        peaks AS MATERIALIZED (
          SELECT name, netns, max(used) AS peak, at AS peak_us
          FROM gauges WHERE used IS NOT NULL GROUP BY name, netns),
        lasts AS MATERIALIZED (
          SELECT name, netns, used AS last, max(at)
          FROM gauges WHERE used IS NOT NULL GROUP BY name, netns)
        """

    /// Descriptors and accept queues.
    private static let holders = """
        held AS MATERIALIZED (
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
          WHERE place = 1),
        bounds AS (
          SELECT netns, CAST(substr(value, 1, instr(value, ' ')) AS INTEGER) AS low,
            CAST(substr(value, instr(value, ' ') + 1) AS INTEGER) AS high
          FROM limits WHERE name = 'ip_local_port_range'),
        ephemeral AS (
          SELECT netns, high - low + 1 - coalesce((
              SELECT sum(max(0, min(high, CAST(substr(j.value, instr(j.value, '-') + 1) AS INTEGER))
                - max(low, CAST(j.value AS INTEGER)) + 1))
              FROM limits AS r,
                json_each('["' || replace(r.value, ',', '","') || '"]') AS j
              WHERE r.name = 'ip_local_reserved_ports' AND r.netns IS b.netns
                AND CAST(j.value AS INTEGER) > 0), 0) AS size
          FROM bounds AS b)
        """

    private static let rows = """
        told AS (
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
          SELECT l.name, l.netns, l.value, coalesce(b.holder, 'host'), e.size, b.last, b.peak,
            b.peak_us
          FROM limits AS l
          LEFT JOIN ephemeral AS e ON e.netns IS l.netns
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
            coalesce((SELECT comm || ' ' || pid FROM held ORDER BY peak DESC, pid LIMIT 1), 'host'),
            CAST(l.value AS INTEGER),
            (SELECT last FROM held ORDER BY peak DESC, pid LIMIT 1),
            (SELECT max(peak) FROM held), NULL
          FROM limits AS l WHERE l.name = 'nr_open'
          UNION ALL
          SELECT * FROM (
            SELECT 'nofile', NULL, CAST(soft AS TEXT), comm || ' ' || pid, soft, last, peak, NULL
            FROM held WHERE soft < 9223372036854775807
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
        FROM told
        ORDER BY used IS NULL, used DESC, peak IS NULL, name, holder LIMIT :top
        """

    /// Destinations of clients from the views.
    private static let askedSQL = """
        WITH
        \(limits),
        uses AS (
          SELECT c.recording_id, c.netns, c.local_address, c.peer_address, c.peer_port,
            coalesce(c.attempted_us, c.opened_us, c.opened_max_us, :since) AS begun,
            CASE WHEN w.connection_id IS NULL
              THEN CASE WHEN c.closed_max_us IS NOT NULL
                THEN coalesce(c.closed_us, c.closed_max_us) ELSE 9223372036854775807 END
              ELSE CASE WHEN w.left_max_us IS NOT NULL THEN coalesce(w.left_us, w.left_max_us)
                ELSE 9223372036854775807 END END AS ended
          FROM connections AS c LEFT JOIN (
            SELECT connection_id, left_us, left_max_us FROM time_waits
            WHERE ended_by <> 'no_room') AS w ON w.connection_id = c.connection_id
          WHERE c.role = 'client'
            AND EXISTS (SELECT 1 FROM limits WHERE name = 'ip_local_port_range')),
        changes AS (
          SELECT recording_id, netns, local_address, peer_address, peer_port, begun AS at,
            1 AS change, ended > :until AS stays
          FROM uses WHERE begun <= :until AND ended >= :since
          UNION ALL
          SELECT recording_id, netns, local_address, peer_address, peer_port, ended, -1, 0
          FROM uses WHERE begun <= :until AND ended >= :since),
        levels AS (
          SELECT recording_id, netns, local_address, peer_address, peer_port, at, stays,
            sum(change) OVER (
              PARTITION BY recording_id, netns, local_address, peer_address, peer_port
              ORDER BY at, change DESC ROWS UNBOUNDED PRECEDING) AS level
          FROM changes),
        destinations AS (
          SELECT netns,
            coalesce(CASE WHEN instr(peer_address, ':') THEN '[' || peer_address || ']'
              ELSE peer_address END, '*') || ':' || coalesce(peer_port, '*') AS holder,
            sum(stays) AS last, max(level) AS peak, max(:since, at) AS peak_us
          FROM levels
          GROUP BY recording_id, netns, local_address, peer_address, peer_port),
        \(ports),
        \(gauges),
        \(holders),
        \(rows)
        """

    /// Destinations of clients counted beforehand.
    private static let countedSQL = """
        WITH
        \(limits),
        destinations AS (
          SELECT nullif(d.netns, 0) AS netns,
            coalesce(CASE WHEN instr(a.address, ':') THEN '[' || a.address || ']'
              ELSE a.address END, '*') || ':' || coalesce(nullif(d.port, 0), '*') AS holder,
            json_extract(value, '$[2]') AS last, json_extract(value, '$[3]') AS peak,
            json_extract(value, '$[4]') AS peak_us
          FROM json_each(:counts)
          JOIN side AS d ON d.side_id = json_extract(value, '$[0]')
          LEFT JOIN address AS a ON a.address_id = json_extract(value, '$[1]')),
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

    /// One row a limit.
    package init(_ scope: Scope) {
        var question = Question(
            Self.countedSQL, scope: scope,
            columns: [
                Column("limit"), Column("of"), Column("value"),
                Column("most", title: "allowed", kind: .number),
                Column("last", kind: .number), Column("peak", kind: .number),
                Column("peak_share", title: "used", kind: .ratio),
                Column("peak_at", title: "when", kind: .moment), Column("netns"),
            ])
        question.shown = [0, 1, 2, 4, 5, 6]
        question.asked = Question(Self.askedSQL, scope: scope, columns: []).sql
        let wanted = Question(
            Self.wantedSQL, scope: scope, columns: [Column("wanted", kind: .number)])
        question.count = { session in
            guard try session.all(wanted).first?.first == .integer(1) else {
                return ["counts": .text("[]")]
            }
            let sides = try SideTable(session)
            return ["counts": try session.tally(DestinationsTally(scope.range, sides: sides)).cell]
        }
        self.question = question
    }
}
