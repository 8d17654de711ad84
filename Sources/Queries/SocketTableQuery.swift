import Model

/// The socket table as it stood at one sample.
package struct SocketTableQuery {
    private static let sampleSQL = """
        WITH latest AS (
          SELECT recording_id FROM recordings WHERE started_us <= :moment
          ORDER BY started_us DESC, recording_id DESC LIMIT 1)
        SELECT sample_id, sampled_us, basis, complete, recording_id
        FROM samples
        WHERE sample_id = coalesce(
          (SELECT s.sample_id FROM samples AS s JOIN latest USING (recording_id)
           WHERE s.sampled_us <= :moment ORDER BY s.sampled_us DESC LIMIT 1),
          (SELECT min(s.sample_id) FROM samples AS s JOIN latest USING (recording_id)))
        """

    /// Whether a stored life has bounds that could straddle anything; nearly all are exact.
    static let isWide = """
        (w.facts >= 16384 OR w.opened_width > 0 OR w.closed_width > 0 OR w.tw_entered_width > 0
          OR w.tw_left_width > 0)
        """

    /// Whether the bounds of a stay in a state straddle the moment.
    private static func straddles(_ state: String) -> String {
        """
        CASE
          WHEN \(state) = 'TIME-WAIT' THEN
            c.tw_entered_min_us < :moment AND c.tw_entered_max_us > :moment
            OR c.tw_left_min_us < :moment AND c.tw_left_max_us > :moment
          WHEN c.has_spans = 0 THEN
            c.opened_min_us < :moment AND c.opened_max_us > :moment
            OR c.closing_began_us IS NULL
            AND c.closed_min_us < :moment AND c.closed_max_us > :moment
          ELSE EXISTS (
            SELECT 1 FROM span AS s JOIN tcp_state AS n ON n.state = s.state
            WHERE s.connection_id = c.connection_id AND n.name = \(state)
              AND (s.entered_min_us < :moment AND s.entered_max_us > :moment
                OR s.left_min_us < :moment AND s.left_max_us > :moment)) END
        """
    }

    /// The same of one connection.
    static let straddlesSQL = """
        SELECT \(straddles(":state")) FROM stored_connection AS c WHERE c.connection_id = :id
        """

    private static let sql = """
        SELECT
          CASE WHEN connection_id IS NOT NULL AND (
            EXISTS (SELECT 1 FROM ended_connection AS w
              WHERE w.connection_id = t.connection_id AND \(isWide))
            OR EXISTS (SELECT 1 FROM live_connection AS w
              WHERE w.connection_id = t.connection_id AND \(isWide)))
            AND EXISTS (
            SELECT 1 FROM stored_connection AS c
            WHERE c.connection_id = t.connection_id AND \(straddles("t.state")))
            THEN '~' ELSE '' END,
          state,
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || local_address || ']' ELSE local_address END,
              '*') || ':' || coalesce(local_port, '*'),
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || peer_address || ']' ELSE peer_address END,
              '*') || ':' || coalesce(nullif(peer_port, 0), '*'),
          comm, pid, uid, role, netns, connection_id, \(Namespaces.name)
        FROM socket_table AS t
        WHERE sample_id = :sample AND :filter
        ORDER BY state = 'LISTEN' DESC, state, local_port, local_address, peer_address, peer_port
        """

    /// The last sample at or before a moment, or the first after it where its recording had just
    /// begun: sample_id, sampled_us, basis, complete, recording_id.
    package static func sample(before moment: Int64) -> Question {
        Question(
            sampleSQL, arguments: ["moment": .integer(moment)],
            columns: [
                Column("sample_id"), Column("sampled", kind: .moment),
                Column("basis"), Column("complete", kind: .number),
                Column("recording_id"),
            ])
    }

    package let question: Question

    /// The sockets of this sample; `~` marks those whose bounds straddle the moment. `apart` shows
    /// which namespace each is in.
    package init(sample: Int64, moment: Int64, filter: Clause, apart: Bool = false) {
        var question = Question(
            Self.sql, scope: Scope(AxisRange(since: moment, until: moment), filter: filter),
            arguments: ["sample": .integer(sample), "moment": .integer(moment)],
            columns: [
                Column("uncertain", title: "~"), Column("state", title: "State"),
                Column("local", title: "Local Address:Port"),
                Column("peer", title: "Peer Address:Port"),
                Column("process", title: "Process"), Column("pid", title: "PID"),
                Column("uid", title: "UID"), Column("role", title: "Role"),
                Column("netns", title: "netns"),
                Column("connection_id", title: "id"), Column("namespace"),
            ], essential: 6)
        if apart { question.shown = [0, 10, 1, 2, 3, 4, 5] }
        if filter == .all {
            let columns = question.columns
            question.direct = { session in
                try SocketTableRows.rows(session, sample: sample, moment: moment, columns: columns)
            }
        }
        self.question = question
    }
}
