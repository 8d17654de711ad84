import Model

/// Connections that were there within a range, by time.
package struct ConnectionsQuery {
    private static let sql = """
        SELECT
          coalesce(opened_us, attempted_us, opened_max_us, attempted_max_us, closed_max_us)
            AS started_us,
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || local_address || ']' ELSE local_address END,
              '*') || ':' || coalesce(local_port, '*'),
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || peer_address || ']' ELSE peer_address END,
              '*') || ':' || coalesce(peer_port, '*'),
          comm, (closed_us - opened_us) / 1e6, state,
          max(0, closed_min_us - opened_max_us) / 1e6, (closed_max_us - opened_min_us) / 1e6,
          closed_by, close_kind, role, pid, bytes_sent, bytes_received, retransmits, rtt_us, netns,
          connection_id, \(Namespaces.name),
          (max(0, opened_min_us - attempted_max_us) + opened_max_us - attempted_min_us) / 2,
          max(0, opened_min_us - attempted_max_us), (opened_max_us - attempted_min_us),
          CASE WHEN opened_min_us < opened_max_us OR closed_min_us < closed_max_us
            OR opened_max_us IS NULL AND attempted_min_us < attempted_max_us
            OR opened_min_us IS NULL AND opened_max_us IS NOT NULL THEN '~' ELSE '' END
        FROM connections AS t
        WHERE coalesce(attempted_min_us, opened_min_us, :since) <= :until
          AND coalesce(closed_max_us, closed_min_us, :until) >= :since
          AND :filter
        ORDER BY started_us, connection_id LIMIT :top
        """

    package let question: Question

    /// `apart` shows which namespace each connection is in.
    package init(_ scope: Scope, apart: Bool = false) {
        var question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("started", kind: .moment), Column("local"), Column("peer"),
                Column("process"),
                Column("lifetime_s", title: "lifetime", kind: .seconds),
                Column("state", title: "last state"),
                Column("lifetime_min_s", title: "at least", kind: .seconds),
                Column("lifetime_max_s", title: "at most", kind: .seconds),
                Column("closed_by", title: "closed by"), Column("close_kind", title: "how"),
                Column("role"), Column("pid"),
                Column("bytes_sent", title: "sent", kind: .bytes),
                Column("bytes_received", title: "received", kind: .bytes),
                Column("retransmits", title: "retrans", kind: .number),
                Column("rtt_us", title: "rtt", kind: .microseconds),
                Column("netns"), Column("connection_id", title: "id"), Column("namespace"),
                Column("handshake_us", title: "handshake", kind: .microseconds),
                Column("handshake_min_us", title: "handshake at least", kind: .microseconds),
                Column("handshake_max_us", title: "handshake at most", kind: .microseconds),
                Column("uncertain", title: "~"),
            ])
        question.shown = apart ? [22, 0, 18, 1, 2, 3, 4] : [22, 0, 1, 2, 3, 4]
        self.question = question
    }
}
