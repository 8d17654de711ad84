import Model

/// Services that close first, and so hold TIME-WAIT for their clients.
package struct ClosesFirstQuery {
    private static let sql = """
        WITH life AS (
          SELECT recording_id, netns, comm AS process, local_port, 1 AS ended,
            closed_by = 'local' AS here, 0 AS waits, closed_us AS at_us
          FROM connections
          WHERE role = 'server' AND opened_max_us IS NOT NULL
            AND closed_us BETWEEN :since AND :until
          UNION ALL
          SELECT recording_id, netns, comm, local_port, 0, 0, 1, entered_us
          FROM time_waits
          WHERE role = 'server' AND ended_by <> 'no_room' AND entered_us BETWEEN :since AND :until),
        t AS (
          SELECT max(recording_id) AS recording_id, netns, process, local_port AS service_port,
            sum(ended) AS ended, sum(here) AS closed_here, sum(waits) AS time_waits,
            min(at_us) AS from_us, max(at_us) AS until_us
          FROM life GROUP BY netns, process, local_port
          HAVING time_waits >= :waits AND closed_here >= :closed_share * ended)
        SELECT netns, \(Namespaces.name) AS namespace, process, service_port, ended, closed_here,
          time_waits, from_us, until_us
        FROM t ORDER BY time_waits DESC, process, service_port, netns
        """
    private static let countedSQL = """
        SELECT netns, \(Namespaces.name), process, service_port, n0, n1, n2, n3, n4
        FROM \(SurveyRows.told(5)) ORDER BY n2 DESC, process, service_port, netns
        """

    package let question: Question

    /// Those with at least `waits` TIME-WAITs that closed `share` of their connections.
    package init(_ scope: Scope, _ survey: ConnectionSurvey, waits: Int64, share: Double) {
        let rows = survey.services.enumerated().compactMap { index, service -> [Int64?]? in
            let side = survey.sides.sideOfService[index]
            guard survey.sides.entry(side).role == .server, service.waits >= waits,
                Double(service.closedHere) >= share * Double(service.ended)
            else { return nil }
            return [
                side, nil, service.ended, service.closedHere, service.waits, service.first,
                service.last,
            ]
        }
        var question = Question(
            Self.countedSQL, scope: scope,
            arguments: [
                "waits": .integer(waits), "closed_share": .real(share),
                "rows": SurveyRows.cell(rows),
            ],
            columns: [
                "netns", "namespace", "process", "service_port", "ended", "closed_here",
                "time_waits", "from_us", "until_us",
            ].map { Column($0) })
        question.asked = Self.sql
        self.question = question
    }
}
