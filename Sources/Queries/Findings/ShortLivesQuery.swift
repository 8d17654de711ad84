import Model

/// Clients nearly all of whose connections to one port of one peer are short.
package struct ShortLivesQuery {
    /// A life is short only if its bounds allow no longer one.
    private static let sql = """
        WITH t AS (
          SELECT max(recording_id) AS recording_id, netns, comm AS process, peer_address, peer_port,
            count(*) AS opened, sum(coalesce(lifetime_max_s <= :short, 0)) AS short_lived,
            min(opened_us) AS from_us, max(opened_us) AS until_us
          FROM lifetimes
          WHERE role = 'client' AND opened_us BETWEEN :since AND :until
          GROUP BY netns, process, peer_address, peer_port
          HAVING opened >= :opened AND short_lived >= :short_share * opened)
        SELECT netns, \(Namespaces.name) AS namespace, process, peer_address, peer_port, opened,
          short_lived, from_us, until_us
        FROM t ORDER BY opened DESC, process, peer_address, peer_port, netns
        """
    private static let countedSQL = """
        SELECT netns, \(Namespaces.name), process, peer_address, service_port, n0, n1, n2, n3
        FROM \(SurveyRows.told(4)) ORDER BY n0 DESC, process, peer_address, service_port, netns
        """

    package let question: Question

    /// Those with at least `opened` connections, `share` of them of at most `short` seconds.
    package init(
        _ scope: Scope, _ survey: ConnectionSurvey, short: Double, opened: Int64, share: Double
    ) {
        var question = Question(
            Self.countedSQL, scope: scope,
            arguments: [
                "short": .real(short), "opened": .integer(opened), "short_share": .real(share),
                "rows": SurveyRows.cell(Self.rows(survey, opened, share)),
            ],
            columns: [
                "netns", "namespace", "process", "peer_address", "peer_port", "opened",
                "short_lived", "from_us", "until_us",
            ].map { Column($0) })
        question.asked = Self.sql
        self.question = question
    }

    private static func rows(
        _ survey: ConnectionSurvey, _ least: Int64, _ share: Double
    ) -> [[Int64?]] {
        struct Key: Hashable {
            var service: Int
            var peer: Int64
        }
        var calls: [Key: ConnectionSurvey.Destination] = [:]
        for (way, destination) in survey.destinations where destination.opened > 0 {
            let service = survey.sides.entry(way.side).service
            calls[Key(service: service, peer: way.peer), default: ConnectionSurvey.Destination()]
                .merge(destination)
        }
        return calls.compactMap { key, call in
            guard call.opened >= least, Double(call.short) >= share * Double(call.opened) else {
                return nil
            }
            return [
                survey.sides.sideOfService[key.service], key.peer, call.opened, call.short,
                call.first, call.last,
            ]
        }
    }
}
