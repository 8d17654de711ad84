import Model

/// How many of the moments at which connections changed are exact.
package struct EdgesQuery {
    /// Moments that lie within the range by the midpoints of their bounds, one row: openings and
    /// ends, and of them the exact ones; the same of TIME-WAIT.
    static let sql = """
        SELECT lives.edges, lives.exact, waits.edges, waits.exact
        FROM (
          SELECT count(CASE WHEN opened_us BETWEEN :since AND :until THEN 1 END)
              + count(CASE WHEN closed_us BETWEEN :since AND :until THEN 1 END) AS edges,
            count(CASE WHEN opened_us BETWEEN :since AND :until
                AND opened_min_us = opened_max_us THEN 1 END)
              + count(CASE WHEN closed_us BETWEEN :since AND :until
                AND closed_min_us = closed_max_us THEN 1 END) AS exact
          FROM connections WHERE :filter) AS lives, (
          SELECT count(CASE WHEN entered_us BETWEEN :since AND :until THEN 1 END)
              + count(CASE WHEN left_us BETWEEN :since AND :until THEN 1 END) AS edges,
            count(CASE WHEN entered_us BETWEEN :since AND :until
                AND entered_min_us = entered_max_us THEN 1 END)
              + count(CASE WHEN left_us BETWEEN :since AND :until
                AND left_min_us = left_max_us THEN 1 END) AS exact
          FROM time_waits WHERE ended_by <> 'no_room' AND :filter) AS waits
        """

    package let question: Question

    package init(_ scope: Scope) {
        var question = Question(
            scope.filter == .all ? Self.countedSQL : Self.sql, scope: scope,
            columns: ["edges", "exact", "time_wait_edges", "time_wait_exact"]
                .map { Column($0, kind: .number) })
        if scope.filter == .all {
            question.count = { try $0.tally(SummaryTally(scope.range)).cells }
        }
        self.question = question
    }

    /// As `sql`, of all connections: counted beforehand.
    static let countedSQL =
        "SELECT :edges, :exact_edges, :time_wait_edges, :time_wait_exact_edges"
}
