import Model

/// Attempts that came to nothing, by the peer's port and by how they failed.
package struct FailedConnectsQuery {
    private static let sql = """
        WITH attempt AS MATERIALIZED (
          SELECT recording_id, netns, peer_address, peer_port, close_kind, closed_us
          FROM connections
          WHERE role = 'client' AND closed_us BETWEEN :since AND :until),
        minute AS (
          SELECT max(recording_id) AS recording_id, netns, peer_address, peer_port, close_kind,
            count(*) AS failed, min(closed_us) AS first, max(closed_us) AS last
          FROM attempt
          WHERE close_kind IN ('refused', 'connect_timeout', 'not_sent', 'unreachable')
          GROUP BY netns, peer_address, peer_port, close_kind, (closed_us - :since) / 60000000),
        t AS (
          SELECT max(recording_id) AS recording_id, netns, peer_address, peer_port, close_kind,
            sum(failed) AS failed, max(failed) AS most, min(first) AS first, max(last) AS last
          FROM minute GROUP BY netns, peer_address, peer_port, close_kind
          HAVING max(failed) >= :failed)
        SELECT netns, \(Namespaces.name) AS namespace, peer_address, peer_port, close_kind, failed,
          (SELECT count(*) FROM attempt AS a
           WHERE a.netns IS t.netns AND a.peer_address IS t.peer_address
             AND a.peer_port IS t.peer_port) AS ended,
          most AS most_in_a_minute, first AS from_us, last AS until_us
        FROM t ORDER BY failed DESC, peer_address, peer_port, close_kind, netns
        """
    private static let countedSQL = """
        SELECT netns, \(Namespaces.name), peer_address, service_port,
          CASE n0 WHEN 3 THEN 'refused' WHEN 4 THEN 'connect_timeout' WHEN 7 THEN 'not_sent'
            ELSE 'unreachable' END, n1, n2, n3, n4, n5
        FROM \(SurveyRows.told(6)) ORDER BY n1 DESC, peer_address, service_port, 5, netns
        """

    package let question: Question

    /// Those of which at least `failed` failed in one way within a minute.
    package init(_ scope: Scope, _ survey: ConnectionSurvey, failed: Int64) {
        var question = Question(
            Self.countedSQL, scope: scope,
            arguments: [
                "failed": .integer(failed), "rows": SurveyRows.cell(Self.rows(survey, failed)),
            ],
            columns: [
                "netns", "namespace", "peer_address", "peer_port", "close_kind", "failed", "ended",
                "most_in_a_minute", "from_us", "until_us",
            ].map { Column($0) })
        question.asked = Self.sql
        self.question = question
    }

    private struct Target: Hashable {
        var target: Int
        var peer: Int64
    }

    private static func rows(_ survey: ConnectionSurvey, _ least: Int64) -> [[Int64?]] {
        struct Group {
            var all = ConnectionSurvey.Failures()
            var most: Int64 = 0
        }
        var groups: [ConnectionSurvey.Failure: Group] = [:]
        for (failure, number) in survey.failures {
            var whole = failure
            whole.minute = 0
            groups[whole, default: Group()].all.merge(number)
            groups[whole, default: Group()].most = max(groups[whole]?.most ?? 0, number.number)
        }
        groups = groups.filter { $0.value.most >= least }
        guard !groups.isEmpty else { return [] }
        var ended: [Target: Int64] = [:]
        for (way, destination) in survey.destinations {
            let target = survey.sides.entry(way.side).target
            ended[Target(target: target, peer: way.peer), default: 0] += destination.ended
        }
        return groups.map { failure, group in
            [
                survey.sides.sideOfTarget[failure.target], failure.peer, failure.how.rawValue,
                group.all.number, ended[Target(target: failure.target, peer: failure.peer)],
                group.most, group.all.first, group.all.last,
            ]
        }
    }
}
