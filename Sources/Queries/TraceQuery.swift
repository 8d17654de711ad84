import Model

/// One life, step by step: the connection, its handshake, each stay in a state, who held it, and
/// the other connections between the same two ends.
package struct TraceQuery {
    private static let sql = """
        WITH life AS (SELECT * FROM connections WHERE connection_id = :id),
        waited AS (SELECT * FROM time_waits WHERE connection_id = :id),
        other AS (\(others)),
        step AS (
          SELECT 0 AS place, 'connection' AS part, \(whole) FROM life AS c
          UNION ALL
          SELECT 1, 'handshake', c.connection_id,
            CASE c.role WHEN 'client' THEN 'SYN-SENT' WHEN 'server' THEN 'SYN-RECV' END,
            c.attempted_us, c.attempted_min_us, c.attempted_max_us,
            CASE WHEN c.opened_max_us IS NULL THEN c.closed_us ELSE c.opened_us END,
            CASE WHEN c.opened_max_us IS NULL THEN c.closed_min_us ELSE c.opened_min_us END,
            coalesce(c.opened_max_us, c.closed_max_us),
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL, NULL, NULL
          FROM life AS c
          WHERE c.attempted_max_us IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM state_history AS h
            WHERE h.connection_id = :id AND h.state IN ('SYN-SENT', 'SYN-RECV'))
          UNION ALL
          SELECT 2, 'state', h.connection_id, h.state, h.entered_us, h.entered_min_us,
            h.entered_max_us, h.left_us, h.left_min_us, h.left_max_us, NULL,
            CASE h.state WHEN 'TIME-WAIT' THEN (SELECT ended_by FROM waited) END,
            CASE h.state WHEN 'TIME-WAIT' THEN (SELECT restarts FROM waited) END,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
          FROM state_history AS h WHERE h.connection_id = :id
          UNION ALL
          SELECT 3, 'owner', o.connection_id, NULL, o.from_us, NULL, o.from_us, o.until_us,
            o.until_us, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p.comm, p.pid, p.uid, NULL, NULL,
            NULL, NULL, NULL, NULL, NULL, NULL
          FROM socket_owners AS o JOIN processes AS p USING (process_id)
          WHERE o.connection_id = :id
          UNION ALL
          SELECT 4, CASE WHEN (c.local_address, c.local_port) = (l.peer_address, l.peer_port)
              AND (c.local_address, c.local_port) <> (l.local_address, l.local_port)
              THEN 'other end'
            WHEN c.connection_id < l.connection_id THEN 'earlier' ELSE 'later' END, \(whole)
          FROM other JOIN connections AS c USING (connection_id) JOIN life AS l)
        SELECT part, connection_id, state, entered_us, entered_min_us, entered_max_us, left_us,
          left_min_us, left_max_us,
          (max(0, left_min_us - entered_max_us) + left_max_us - entered_min_us) / 2e6,
          max(0, left_min_us - entered_max_us) / 1e6, (left_max_us - entered_min_us) / 1e6,
          closed_by, ended_by, restarts, local, peer, role, comm, pid, uid, bytes_sent,
          bytes_received, retransmits, rtt_us, recv_queue_peak, send_queue_peak, netns,
          \(Namespaces.name), recording_id
        FROM step AS t
        ORDER BY place, coalesce(entered_us, entered_max_us, left_max_us), connection_id
        """

    /// A connection as one step.
    private static let whole = """
        c.connection_id, c.state,
            coalesce(c.opened_us, CASE WHEN c.opened_max_us IS NULL THEN c.attempted_us END)
              AS entered_us,
            CASE WHEN c.opened_max_us IS NULL THEN c.attempted_min_us ELSE c.opened_min_us END
              AS entered_min_us,
            coalesce(c.opened_max_us, c.attempted_max_us) AS entered_max_us,
            c.closed_us AS left_us, c.closed_min_us AS left_min_us, c.closed_max_us AS left_max_us,
            c.closed_by, c.close_kind AS ended_by, NULL AS restarts,
            coalesce(
              CASE WHEN c.family = 'ipv6' THEN '[' || c.local_address || ']'
                ELSE c.local_address END, '*') || ':' || coalesce(c.local_port, '*') AS local,
            coalesce(
              CASE WHEN c.family = 'ipv6' THEN '[' || c.peer_address || ']'
                ELSE c.peer_address END, '*') || ':' || coalesce(c.peer_port, '*') AS peer,
            c.role, c.comm, c.pid, c.uid, c.bytes_sent, c.bytes_received, c.retransmits, c.rtt_us,
            c.recv_queue_peak, c.send_queue_peak, c.netns, c.recording_id
        """

    /// The others between the same ends, found beforehand.
    private static let others = "SELECT value AS connection_id FROM json_each(:others)"
    /// The same over the views alone.
    private static let askedOthers = """
        SELECT o.connection_id FROM life AS l JOIN connections AS o
          ON (o.local_address, o.local_port, o.peer_address, o.peer_port)
              = (l.local_address, l.local_port, l.peer_address, l.peer_port)
            AND o.netns IS l.netns AND o.interface IS l.interface
            AND o.connection_id <> l.connection_id
          OR (o.local_address, o.local_port, o.peer_address, o.peer_port)
              = (l.peer_address, l.peer_port, l.local_address, l.local_port)
            AND coalesce(o.attempted_min_us, o.opened_min_us, 0)
              <= coalesce(l.closed_max_us, l.closed_min_us)
            AND coalesce(o.closed_max_us, o.closed_min_us)
              >= coalesce(l.attempted_min_us, l.opened_min_us, 0)
            AND o.connection_id <> l.connection_id
        """

    /// What is known of a step, in this order.
    package enum Place: Int, CaseIterable, Sendable {
        case part, connection, state, entered, enteredMin, enteredMax, left, leftMin, leftMax
        case duration, durationMin, durationMax, closedBy, endedBy, restarts, local, peer, role
        case process, pid, uid, sent, received, retransmits, rtt, receiveQueue, sendQueue, netns
        case namespace, recording
    }

    private static let columns = [
        Column("part"), Column("connection_id"), Column("state"),
        Column("entered", kind: .moment), Column("entered_min", kind: .moment),
        Column("entered_max", kind: .moment), Column("left", kind: .moment),
        Column("left_min", kind: .moment), Column("left_max", kind: .moment),
        Column("duration_s", kind: .seconds), Column("duration_min_s", kind: .seconds),
        Column("duration_max_s", kind: .seconds), Column("closed_by"), Column("ended_by"),
        Column("restarts", kind: .number), Column("local"), Column("peer"), Column("role"),
        Column("process"), Column("pid"), Column("uid"), Column("bytes_sent", kind: .bytes),
        Column("bytes_received", kind: .bytes), Column("retransmits", kind: .number),
        Column("rtt_us", kind: .microseconds), Column("recv_queue_peak", kind: .bytes),
        Column("send_queue_peak", kind: .bytes), Column("netns"), Column("namespace"),
        Column("recording_id"),
    ]

    package let question: Question

    /// The connection with this id, and `others` between the same ends.
    package init(connection: Int64, others: [Int64]) {
        let list = "[" + others.map(String.init).joined(separator: ",") + "]"
        var question = Question(
            Self.sql, arguments: ["id": .integer(connection), "others": .text(list)],
            columns: Self.columns)
        question.asked = Self.sql.replacing(Self.others, with: Self.askedOthers)
        self.question = question
    }
}
