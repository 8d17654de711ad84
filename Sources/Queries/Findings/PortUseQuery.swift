import Model

/// How many ephemeral ports each local address used towards each port of each peer, by samples.
package struct PortUseQuery {
    /// A connection holds its port from the latest moment at which it can have taken it to the
    /// earliest at which it can have ended: lower bounds.
    private static let sql = """
        WITH \(LimitSQL.ports),
        life AS (
          SELECT recording_id, netns, local_address, peer_address, peer_port,
            coalesce(opened_max_us, attempted_max_us) AS taken_us,
            coalesce(closed_min_us, :until) AS freed_us, 1 AS held, 0 AS waiting
          FROM connections WHERE role = 'client' AND local_port IS NOT NULL
          UNION ALL
          SELECT recording_id, netns, local_address, peer_address, peer_port, entered_max_us,
            coalesce(left_min_us, :until), 0, 1
          FROM time_waits
          WHERE role = 'client' AND ended_by <> 'no_room' AND local_port IS NOT NULL),
        near AS MATERIALIZED (
          SELECT * FROM life WHERE taken_us <= :until AND freed_us >= :since),
        change AS (
          SELECT recording_id, netns, local_address, peer_address, peer_port, taken_us AS at_us,
            held, waiting FROM near
          UNION ALL
          SELECT recording_id, netns, local_address, peer_address, peer_port, freed_us + 1,
            -held, -waiting FROM near),
        run AS (
          SELECT recording_id, netns, local_address, peer_address, peer_port, at_us,
            sum(held) OVER ahead AS held, sum(waiting) OVER ahead AS waiting,
            lead(at_us, 1, :until + 1) OVER ahead AS next_us
          FROM change
          WINDOW ahead AS (
            PARTITION BY recording_id, netns, local_address, peer_address, peer_port
            ORDER BY at_us ROWS UNBOUNDED PRECEDING)),
        crowded AS MATERIALIZED (
          SELECT r.*, s.ports, s.tcp_tw_reuse FROM run AS r
          JOIN span AS s ON s.recording_id = r.recording_id AND s.netns = r.netns
          WHERE r.next_us > r.at_us AND r.held + r.waiting >= :use * s.ports),
        met AS (
          SELECT f.*,
            (SELECT min(x.sampled_us) FROM samples AS x
             WHERE x.sampled_us >= max(f.at_us, :since)
               AND x.sampled_us < min(f.next_us, :until + 1)) AS first_us,
            (SELECT max(x.sampled_us) FROM samples AS x
             WHERE x.sampled_us >= max(f.at_us, :since)
               AND x.sampled_us < min(f.next_us, :until + 1)) AS last_us
          FROM crowded AS f),
        ranked AS (
          SELECT *, min(first_us) OVER whole AS from_us, max(last_us) OVER whole AS until_us,
            row_number() OVER (whole ORDER BY held + waiting DESC, first_us) AS place
          FROM met WHERE first_us IS NOT NULL
          WINDOW whole AS (
            PARTITION BY recording_id, netns, local_address, peer_address, peer_port)),
        t AS (SELECT * FROM ranked WHERE place = 1)
        SELECT netns, \(Namespaces.name) AS namespace, local_address, peer_address, peer_port,
          ports, held, waiting, tcp_tw_reuse, first_us AS peak_us, from_us, until_us,
          (SELECT count(*) FROM connections AS c
           WHERE c.close_kind = 'not_sent' AND c.role = 'client' AND c.netns IS t.netns
             AND c.peer_address IS t.peer_address AND c.peer_port IS t.peer_port
             AND c.closed_us BETWEEN :since AND :until) AS not_sent
        FROM t ORDER BY held + waiting DESC, local_address, peer_address, peer_port, netns
        """
    private static let countedSQL = """
        SELECT netns, \(Namespaces.name), local_address, peer_address, service_port, n0, n1, n2, n3,
          n4, n5, n6, n7
        FROM \(SurveyRows.told(8))
        ORDER BY n1 + n2 DESC, local_address, peer_address, service_port, netns
        """
    private static let spansSQL = """
        WITH \(LimitSQL.ports) SELECT recording_id, netns, ports, tcp_tw_reuse FROM span
        """

    package let question: Question
    /// Whether it is known how many ports there are wherever clients were.
    package let isComplete: Bool

    /// Those that used `share` of the ports or more at a sample. Counts once more over all
    /// connections only where a destination had enough of them.
    package init(
        _ session: Session, _ scope: Scope, _ survey: ConnectionSurvey, share: Double
    ) throws {
        let spans = try Self.spans(session, scope)
        let tally = try PortUseTally(session, survey, spans, share)
        let counted = tally.isIdle ? tally : try session.tally(tally)
        isComplete = survey.destinations.allSatisfy { way, destination in
            destination.ports.lives == 0 || spans[survey.sides.entry(way.side).netns] != nil
        }
        var question = Question(
            Self.countedSQL, scope: scope,
            arguments: ["use": .real(share), "rows": SurveyRows.cell(counted.rows)],
            columns: [
                "netns", "namespace", "local_address", "peer_address", "peer_port", "ports",
                "held", "waiting", "tcp_tw_reuse", "peak_us", "from_us", "until_us", "not_sent",
            ].map { Column($0) })
        question.asked = Self.sql
        self.question = question
    }

    /// By namespace.
    private static func spans(
        _ session: Session, _ scope: Scope
    ) throws -> [Int64: PortUseTally.Span] {
        let columns = ["recording_id", "netns", "ports", "tcp_tw_reuse"].map { Column($0) }
        var spans: [Int64: PortUseTally.Span] = [:]
        for row in try session.all(Question(spansSQL, scope: scope, columns: columns)) {
            guard case .integer(let netns) = row[1], case .integer(let ports) = row[2] else {
                continue
            }
            let reuse: Int64? = if case .integer(let number) = row[3] { number } else { nil }
            spans[netns] = PortUseTally.Span(ports: ports, reuse: reuse)
        }
        return spans
    }
}
