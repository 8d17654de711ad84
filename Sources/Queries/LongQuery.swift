import Model

/// The connections that were open at the end of a range, the longest first.
package struct LongQuery {
    private static let sql = """
        SELECT max(0, reckoned_us - opened_max_us) / 1e6 AS age_min_s,
          (reckoned_us - opened_min_us) / 1e6,
          CASE WHEN opened_min_us IS NULL THEN 'at least'
            WHEN opened_min_us < opened_max_us THEN 'between' ELSE 'exactly' END,
          coalesce(comm, 'unknown'), pid,
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || local_address || ']' ELSE local_address END,
              '*') || ':' || coalesce(local_port, '*'),
          coalesce(
              CASE WHEN family = 'ipv6' THEN '[' || peer_address || ']' ELSE peer_address END,
              '*') || ':' || coalesce(peer_port, '*'),
          CASE WHEN closed_max_us IS NULL THEN state END, bytes_sent, bytes_received,
          CASE WHEN bytes_sent = 0 AND bytes_received = 0
            THEN max(0, reckoned_us - opened_max_us) / 1e6 END,
          opened_us, role, netns, connection_id, \(Namespaces.name),
          CASE WHEN opened_min_us IS NULL THEN '>'
            WHEN opened_min_us < opened_max_us THEN '~' ELSE '' END
        FROM (
          -- One that outlived its recording was there when that last looked.
          SELECT *, CASE WHEN closed_max_us IS NULL THEN min(:until, closed_min_us) ELSE :until END
            AS reckoned_us
          FROM connections WHERE :chosen) AS t
        ORDER BY age_min_s DESC, connection_id LIMIT :top
        """

    private static let open = """
        opened_max_us <= :until
          AND (closed_max_us IS NULL AND closed_min_us >= :since OR closed_us > :until)
        """
    private static let silent = " AND bytes_sent = 0 AND bytes_received = 0"

    package let question: Question

    /// `silentOnly` leaves those that carried nothing; `apart` shows which namespace each is in.
    package init(_ scope: Scope, silentOnly: Bool = false, apart: Bool = false) {
        let asked = Self.sql.replacing(
            ":chosen", with: "\(Self.open)\(silentOnly ? Self.silent : "") AND :filter")
        let counted = Self.sql.replacing(
            ":chosen", with: "connection_id IN (SELECT value FROM json_each(:ids))")
        var question = Question(counted, scope: scope, columns: Self.columns)
        question.shown = apart ? [0, 16, 15, 3, 6, 7, 8, 9] : [0, 16, 3, 6, 7, 8, 9]
        question.asked = Question(asked, scope: scope, columns: []).sql
        question.count = { session in
            let empty = LongTally(
                scope.range, top: scope.top, silentOnly: silentOnly,
                passing: try Passing(session, scope))
            return ["ids": try session.tally(empty).cell]
        }
        self.question = question
    }

    private static let columns = [
        Column("age_min_s", title: "age", kind: .seconds),
        Column("age_max_s", title: "at most", kind: .seconds),
        Column("age_known", title: "known"), Column("process"), Column("pid"), Column("local"),
        Column("peer"), Column("state"),
        Column("bytes_sent", title: "sent", kind: .bytes),
        Column("bytes_received", title: "received", kind: .bytes),
        Column("silent_min_s", title: "silent", kind: .seconds),
        Column("opened", kind: .moment), Column("role"), Column("netns"),
        Column("connection_id", title: "id"), Column("namespace"),
        Column("mark", title: "~"),
    ]
}
