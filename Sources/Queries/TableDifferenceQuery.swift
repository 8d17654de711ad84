import Model

/// What is different between the socket tables of two samples.
package struct TableDifferenceQuery {
    /// What names one socket at both samples; LISTEN has no connection.
    private static let key = """
        coalesce(connection_id, 'cookie ' || cookie, coalesce(netns, '') || ' '
          || coalesce(interface, '') || ' ' || local_address || ' ' || local_port || ' '
          || coalesce(process_id, ''))
        """

    /// Whether a life's bounds straddle one of the moments, so that it may not have been different.
    private static let isUncertain = """
        (EXISTS (SELECT 1 FROM ended_connection AS w
            WHERE w.connection_id = t.connection_id AND \(SocketTableQuery.isWide))
          OR EXISTS (SELECT 1 FROM live_connection AS w
            WHERE w.connection_id = t.connection_id AND \(SocketTableQuery.isWide)))
        AND EXISTS (
          SELECT 1 FROM stored_connection AS c, (SELECT :first_moment AS at
            UNION ALL SELECT :second_moment) AS m
          WHERE c.connection_id = t.connection_id AND (
            c.opened_min_us < m.at AND c.opened_max_us > m.at
            OR c.closing_began_us IS NULL AND c.closed_min_us < m.at AND c.closed_max_us > m.at
            OR c.tw_entered_min_us < m.at AND c.tw_entered_max_us > m.at
            OR c.tw_left_min_us < m.at AND c.tw_left_max_us > m.at
            OR EXISTS (
              SELECT 1 FROM span AS s WHERE s.connection_id = c.connection_id
                AND (s.entered_min_us < m.at AND s.entered_max_us > m.at
                  OR s.left_min_us < m.at AND s.left_max_us > m.at))))
        """

    private static let sql = """
        WITH first AS MATERIALIZED (
          SELECT \(key) AS key, :filter AS wanted, * FROM socket_table WHERE sample_id = :first
        ), second AS MATERIALIZED (
          SELECT \(key) AS key, :filter AS wanted, * FROM socket_table WHERE sample_id = :second
        ), pair AS (
          SELECT 'changed' AS change, b.state AS was, a.state AS became, a.*
          FROM second AS a JOIN first AS b ON b.key = a.key
          WHERE b.state <> a.state AND (b.wanted OR a.wanted)
          UNION ALL
          SELECT 'appeared', NULL, a.state, a.* FROM second AS a
          WHERE a.wanted AND a.key NOT IN (SELECT key FROM first)
          UNION ALL
          SELECT 'gone', b.state, NULL, b.* FROM first AS b
          WHERE b.wanted AND b.key NOT IN (SELECT key FROM second))
        SELECT CASE WHEN \(isUncertain) THEN '~' ELSE '' END, change, was, became,
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || local_address || ']' ELSE local_address END,
              '*') || ':' || coalesce(local_port, '*'),
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || peer_address || ']' ELSE peer_address END,
              '*') || ':' || coalesce(nullif(peer_port, 0), '*'),
          comm, pid, uid, role, netns, connection_id, \(Namespaces.name)
        FROM pair AS t
        ORDER BY state = 'LISTEN' DESC, change, was, became, local_port, local_address,
          peer_address, peer_port, key
        """

    /// Lives of which both ends lie between two samples: no row of the difference.
    private static let betweenSQL = """
        SELECT count(*) FROM (
          SELECT first_sample, held FROM ended_connection
          WHERE connection_id >= (
              SELECT next_connection_id FROM sample WHERE sample_id = :first)
            AND connection_id < (
              SELECT next_connection_id FROM sample WHERE sample_id = :second)
            AND (first_sample IS NULL OR held IS NULL OR first_sample + held < :second))
        """

    /// How many sockets came after the first sample and went before the second.
    package let between: Question
    package let question: Question

    /// `first` and `second` are samples, each with the moment that it shows. What is different is
    /// wanted where it passes the filter at either.
    package init(
        first: (sample: Int64, moment: Int64), second: (sample: Int64, moment: Int64),
        filter: Clause, apart: Bool = false
    ) {
        let samples: [String: Cell] = [
            "first": .integer(first.sample), "second": .integer(second.sample),
        ]
        between = Question(
            Self.betweenSQL, arguments: samples, columns: [Column("between", kind: .number)])
        let moments: [String: Cell] = [
            "first_moment": .integer(first.moment), "second_moment": .integer(second.moment),
        ]
        var question = Question(
            Self.sql,
            scope: Scope(AxisRange(since: first.moment, until: second.moment), filter: filter),
            arguments: samples.merging(moments) { $1 },
            columns: [
                Column("uncertain", title: "~"), Column("change"),
                Column("was", title: "Was"), Column("became", title: "Is"),
                Column("local", title: "Local Address:Port"),
                Column("peer", title: "Peer Address:Port"),
                Column("process", title: "Process"), Column("pid", title: "PID"),
                Column("uid", title: "UID"), Column("role", title: "Role"), Column("netns"),
                Column("connection_id", title: "id"), Column("namespace"),
            ])
        question.shown = apart ? [0, 12, 2, 3, 4, 5, 6, 7] : [0, 2, 3, 4, 5, 6, 7]
        self.question = question
    }
}
