import Model

/// Connections that stay long in CLOSE-WAIT or in FIN-WAIT-2, by process.
package struct LingeringQuery {
    /// A state in which a connection may linger.
    package enum State: Int64, Sendable {
        case finWait2 = 5
        case closeWait = 8

        /// As ss spells it.
        var name: String { self == .closeWait ? "CLOSE-WAIT" : "FIN-WAIT-2" }
    }

    /// Stays last from the latest entry to the earliest end: at least so long.
    private static let askedStays = """
        stay AS (
          SELECT recording_id, netns, process_id, comm AS process, pid, entered_max_us, left_min_us
          FROM state_history WHERE state = :state)
        """
    /// As the view tells them: stays that no sample saw are shorter than any that lingers.
    private static let stays = """
        kept AS (
          SELECT e.side_id, s.entered_max_us, s.left_min_us
          FROM span AS s JOIN ended_connection AS e ON e.connection_id = s.connection_id
          WHERE s.state = :number
          UNION ALL
          SELECT l.side_id, s.entered_max_us,
            CASE WHEN s.left_max_us IS NOT NULL THEN s.left_min_us
              ELSE max(coalesce(s.entered_max_us, z.seen_us), z.seen_us) END
          FROM span AS s JOIN live_connection AS l ON l.connection_id = s.connection_id
          JOIN side AS d ON d.side_id = l.side_id
          JOIN (SELECT recording_id, max(sampled_us) AS seen_us FROM sample GROUP BY recording_id)
            AS z ON z.recording_id = d.recording_id
          WHERE s.state = :number),
        stay AS (
          SELECT d.recording_id, nullif(d.netns, 0) AS netns, d.process_id, p.comm AS process,
            p.pid, k.entered_max_us, k.left_min_us
          FROM kept AS k JOIN side AS d ON d.side_id = k.side_id
          LEFT JOIN process AS p ON p.process_id = d.process_id)
        """
    private static let sql = """
        WITH :stays,
        edge AS (
          SELECT max(sampled_us) AS last FROM samples WHERE sampled_us BETWEEN :since AND :until),
        long AS (
          SELECT *, min(left_min_us, :until) - entered_max_us AS lasted_us
          FROM stay
          WHERE entered_max_us <= :until AND left_min_us >= :since
            AND min(left_min_us, :until) - entered_max_us >= :age * 1000000),
        t AS (
          SELECT recording_id, netns, process, pid, count(*) AS stays,
            sum(left_min_us >= last) AS still_there, max(lasted_us) / 1e6 AS oldest_s,
            sum(entered_max_us <= :since) AS at_0,
            sum(entered_max_us <= :since + (last - :since) / 4
              AND left_min_us >= :since + (last - :since) / 4) AS at_1,
            sum(entered_max_us <= :since + (last - :since) / 2
              AND left_min_us >= :since + (last - :since) / 2) AS at_2,
            sum(entered_max_us <= :since + (last - :since) / 4 * 3
              AND left_min_us >= :since + (last - :since) / 4 * 3) AS at_3,
            sum(left_min_us >= last) AS at_4,
            min(entered_max_us) AS from_us, min(:until, max(left_min_us)) AS until_us
          FROM long, edge GROUP BY recording_id, netns, process_id)
        SELECT netns, \(Namespaces.name) AS namespace, process, pid, stays, still_there, oldest_s,
          at_0, at_1, at_2, at_3, at_4, from_us, until_us
        FROM t ORDER BY still_there DESC, process, pid
        """

    package let question: Question

    /// Those that stayed at least `age` seconds.
    package init(_ scope: Scope, in state: State, age: Double) {
        var question = Question(
            Self.sql.replacing(":stays", with: Self.stays), scope: scope,
            arguments: [
                "number": .integer(state.rawValue), "state": .text(state.name), "age": .real(age),
            ],
            columns: [
                "netns", "namespace", "process", "pid", "stays", "still_there", "oldest_s", "at_0",
                "at_1", "at_2", "at_3", "at_4", "from_us", "until_us",
            ].map { Column($0) })
        question.asked = Self.sql.replacing(":stays", with: Self.askedStays)
        self.question = question
    }
}
