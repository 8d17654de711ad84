import Model

/// Services of which resets ended most connections, minute by minute.
package struct ResetStormQuery {
    /// Ends lie in the minute of the midpoint of their bounds.
    private static let sql = """
        WITH minute AS (
          SELECT max(recording_id) AS recording_id, netns, role, comm AS process,
            CASE role WHEN 'server' THEN local_port ELSE peer_port END AS service_port,
            (closed_us - :since) / 60000000 AS minute, sum(close_kind = 'reset') AS resets,
            sum(close_kind = 'reset' AND closed_by = 'peer') AS by_peer, count(*) AS ended
          FROM connections
          WHERE role <> 'unknown' AND opened_max_us IS NOT NULL
            AND closed_us BETWEEN :since AND :until
          GROUP BY netns, role, process, service_port, minute
          HAVING resets >= :resets AND resets >= :reset_share * ended),
        t AS (
          SELECT max(recording_id) AS recording_id, netns, role, process, service_port,
            sum(resets) AS resets, sum(by_peer) AS by_peer, sum(ended) AS ended,
            max(resets) AS most, count(*) AS minutes, min(minute) AS first, max(minute) AS last
          FROM minute GROUP BY netns, role, process, service_port)
        SELECT netns, \(Namespaces.name) AS namespace, role, process, service_port, resets, by_peer,
          ended, most AS most_in_a_minute, minutes, :since + first * 60000000 AS from_us,
          min(:until, :since + (last + 1) * 60000000) AS until_us
        FROM t ORDER BY resets DESC, process, service_port, netns
        """
    private static let countedSQL = """
        SELECT netns, \(Namespaces.name), role, process, service_port, n0, n1, n2, n3, n4, n5, n6
        FROM \(SurveyRows.told(7)) ORDER BY n0 DESC, process, service_port, netns
        """

    package let question: Question

    /// A minute counts from `resets` resets on, if they are `share` of all ends.
    package init(_ scope: Scope, _ survey: ConnectionSurvey, resets: Int64, share: Double) {
        var question = Question(
            Self.countedSQL, scope: scope,
            arguments: [
                "resets": .integer(resets), "reset_share": .real(share),
                "rows": SurveyRows.cell(Self.rows(survey, resets, share)),
            ],
            columns: [
                "netns", "namespace", "role", "process", "service_port", "resets", "by_peer",
                "ended", "most_in_a_minute", "minutes", "from_us", "until_us",
            ].map { Column($0) })
        question.asked = Self.sql
        self.question = question
    }

    private static func rows(
        _ survey: ConnectionSurvey, _ resets: Int64, _ share: Double
    ) -> [[Int64?]] {
        struct Storm {
            var ends = ConnectionSurvey.Ends()
            var most: Int64 = 0
            var minutes: Int64 = 0
            var first = Int64.max
            var last = Int64.min
        }
        var storms: [Int: Storm] = [:]
        for (key, ends) in survey.ends
        where ends.resets >= resets && Double(ends.resets) >= share * Double(ends.ended) {
            let minute = key & 0xffff_ffff
            var storm = storms[Int(key >> 32)] ?? Storm()
            storm.ends.ended += ends.ended
            storm.ends.resets += ends.resets
            storm.ends.resetsByPeer += ends.resetsByPeer
            storm.most = max(storm.most, ends.resets)
            storm.minutes += 1
            storm.first = min(storm.first, minute)
            storm.last = max(storm.last, minute)
            storms[Int(key >> 32)] = storm
        }
        let range = survey.range
        return storms.map { service, storm in
            [
                survey.sides.sideOfService[service], nil, storm.ends.resets,
                storm.ends.resetsByPeer, storm.ends.ended, storm.most, storm.minutes,
                range.since + storm.first * ConnectionSurvey.minute,
                min(range.until, range.since + (storm.last + 1) * ConnectionSurvey.minute),
            ]
        }
    }
}
