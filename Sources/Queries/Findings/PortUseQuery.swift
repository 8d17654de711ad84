import Model

/// How many ephemeral ports each local address used towards each port of each peer, as `PortsQuery`
/// counts them, where they were many.
package struct PortUseQuery {
    private static let sql = """
        WITH RECURSIVE
        \(PortsSQL.tables),
        mark AS (
          SELECT l.number, l.at, l.n >= :use * c.ports AS is_crowded,
            lead(l.at, 1, :until) OVER (PARTITION BY l.number ORDER BY l.at, l.place) AS next
          FROM level AS l JOIN counted AS c USING (number) WHERE l.place < 2),
        crowd AS (
          SELECT number, min(at) AS from_us, max(next) AS until_us FROM mark
          WHERE is_crowded GROUP BY number),
        t AS (
          SELECT c.netns, c.local_address, c.peer_address, c.peer_port, c.ports, k.peak, k.peak_at,
            w.from_us, w.until_us,
            (SELECT count(DISTINCT s.local_port) FROM stay AS s
             WHERE s.number = c.number AND NOT s.unsent AND s.entered <= k.peak_at
               AND s.finish > k.peak_at) AS waiting
          FROM counted AS c JOIN peak AS k USING (number) JOIN crowd AS w USING (number))
        \(tail)
        """
    private static let countedSQL = """
        WITH t AS (
          SELECT json_extract(value, '$[0]') AS netns, json_extract(value, '$[1]') AS local_address,
            (SELECT a.address FROM address AS a
             WHERE a.address_id = json_extract(value, '$[2]')) AS peer_address,
            json_extract(value, '$[3]') AS peer_port, json_extract(value, '$[4]') AS ports,
            json_extract(value, '$[5]') AS peak, json_extract(value, '$[6]') AS waiting,
            json_extract(value, '$[7]') AS peak_at, json_extract(value, '$[8]') AS from_us,
            json_extract(value, '$[9]') AS until_us
          FROM json_each(:counts))
        \(tail)
        """
    /// An attempt that was not sent may have no local address.
    private static let tail = """
        SELECT netns, \(Namespaces.newest) AS namespace, local_address, peer_address, peer_port,
          ports, peak - waiting AS held, waiting,
          (SELECT CAST(k.value AS INTEGER) FROM kernel_limits AS k
           WHERE k.name = 'tcp_tw_reuse' AND k.netns IS t.netns AND k.from_us <= :until
           ORDER BY k.from_us DESC LIMIT 1) AS tcp_tw_reuse,
          peak_at AS peak_us, from_us, until_us,
          (SELECT count(*) FROM connections AS c
           WHERE c.close_kind = 'not_sent' AND c.role = 'client' AND c.netns IS t.netns
             AND c.peer_address IS t.peer_address AND c.peer_port IS t.peer_port
             AND c.closed_us BETWEEN :since AND :until) AS not_sent
        FROM t ORDER BY peak DESC, local_address, peer_address, peer_port, netns
        """

    package let question: Question
    /// Whether it is known how many ports there are wherever clients were.
    package let isComplete: Bool

    /// Those that used `share` of the ports or more at once. Counts once more over all connections
    /// only where a destination had enough of them.
    package init(
        _ session: Session, _ scope: Scope, _ survey: ConnectionSurvey, share: Double
    ) throws {
        let sets = try PortSets(session, scope)
        isComplete = survey.destinations.allSatisfy { way, destination in
            destination.ports.lives == 0
                || sets.count(netns: survey.sides.entry(way.side).netns) != nil
        }
        let ways = Self.ways(survey, sets, share)
        var counts = Cell.text("[]")
        if !ways.isEmpty {
            var tally = try PortsQuery.tally(
                session, scope, Buckets(scope.range, nil),
                choice: PortsTally.Choice(ways: ways, tellsWaits: true))
            counts = tally.parts[0].crowded(share)
        }
        var question = Question(
            Self.countedSQL, scope: scope, arguments: ["use": .real(share), "counts": counts],
            columns: [
                "netns", "namespace", "local_address", "peer_address", "peer_port", "ports",
                "held", "waiting", "tcp_tw_reuse", "peak_us", "from_us", "until_us", "not_sent",
            ].map { Column($0) })
        question.asked = PortsSQL.gathered(Self.sql, by: nil)
            .replacing(":slots", with: "1").replacing(":filter", with: "TRUE")
        self.question = question
    }

    /// The ways to those destinations that can have used so many.
    private static func ways(
        _ survey: ConnectionSurvey, _ sets: PortSets, _ share: Double
    ) -> Set<ConnectionSurvey.Way> {
        func source(_ way: ConnectionSurvey.Way) -> ConnectionSurvey.Way {
            let source = survey.sides.entry(way.side).source
            let side = source < 0 ? way.side : survey.sides.sideOfSource[source]
            return ConnectionSurvey.Way(side: side, peer: way.peer)
        }
        var bounds: [ConnectionSurvey.Way: PortBound] = [:]
        for (way, destination) in survey.destinations where destination.ports.lives > 0 {
            bounds[source(way), default: PortBound()].merge(destination.ports)
        }
        let crowded = bounds.filter { way, bound in
            guard let ports = sets.count(netns: survey.sides.entry(way.side).netns) else {
                return false
            }
            let least = share * Double(ports)
            return Double(bound.lives) >= least && Double(bound.most) >= least
        }
        return Set(survey.destinations.keys.filter { crowded[source($0)] != nil })
    }
}
