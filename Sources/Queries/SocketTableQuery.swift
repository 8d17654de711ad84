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

    private static let sql = """
        SELECT
          CASE WHEN connection_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM state_history AS h
            WHERE h.connection_id = t.connection_id AND h.state = t.state
              AND (h.entered_min_us < :moment AND h.entered_max_us > :moment
                OR h.left_min_us < :moment AND h.left_max_us > :moment))
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
        self.question = question
    }
}
