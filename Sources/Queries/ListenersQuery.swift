import Model

/// Which process listens where, and how full its accept queue got.
package struct ListenersQuery {
    private static let sql = """
        SELECT CASE WHEN instr(local_address, ':') THEN '[' || local_address || ']'
            ELSE local_address END || ':' || local_port AS local,
          comm, pid, queue_peak, backlog, CAST(queue_peak AS REAL) / nullif(backlog, 0),
          accepted, first_seen_us, last_seen_us, netns, \(Namespaces.name)
        FROM listeners AS t
        WHERE first_seen_us <= :until AND coalesce(last_seen_us, :until) >= :since
        ORDER BY accepted DESC, local_port, local_address, listener_id LIMIT :top
        """

    package let question: Question

    /// `apart` shows which namespace each is in.
    package init(_ scope: Scope, apart: Bool = false) {
        var question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("local"), Column("process"), Column("pid"),
                Column("queue_peak", title: "queue peak", kind: .number),
                Column("backlog", kind: .number),
                Column("filled", kind: .ratio),
                Column("accepted", kind: .number),
                Column("first_seen", title: "first seen", kind: .moment),
                Column("last_seen", title: "last seen", kind: .moment),
                Column("netns"), Column("namespace"),
            ], essential: 7)
        if apart { question.shown = [10, 0, 1, 2, 3, 4, 5, 6] }
        self.question = question
    }
}
