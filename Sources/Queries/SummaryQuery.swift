import Model

/// What a range holds, in one row.
package struct SummaryQuery {
    private static let sql = """
        WITH
        counted AS (
          SELECT sampled_us, sum(established) AS established, sum(time_wait) AS time_wait,
            sum(close_wait) AS close_wait, sum(total) AS total
          FROM state_counts WHERE sampled_us BETWEEN :since AND :until GROUP BY sample_id),
        peaks AS (
          SELECT count(*) AS samples, max(established) AS established,
            max(time_wait) AS time_wait, max(close_wait) AS close_wait, max(total) AS total
          FROM counted),
        handles AS (
          SELECT max(allocated) AS allocated, max(maximum) AS maximum
          FROM fd_counts WHERE sampled_us BETWEEN :since AND :until)
        SELECT :since, :until, (:until - :since) / 1e6,
          (SELECT count(*) FROM samples WHERE sampled_us BETWEEN :since AND :until),
          :connections, :opened, :closed, :by_local, :by_peer, :by_unknown, :reset, :refused,
          :timed_out, :still_open, :time_waits, peaks.total, peaks.established, peaks.time_wait,
          peaks.close_wait, handles.allocated,
          CASE WHEN handles.maximum < 9223372036854775807 THEN handles.maximum END,
          :not_sent, :no_room, CAST(:exact_edges AS REAL) / nullif(:edges, 0),
          CAST(:time_wait_exact_edges AS REAL) / nullif(:time_wait_edges, 0)
        FROM peaks, handles
        """

    package let question: Question

    package init(_ scope: Scope) {
        var question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("since", kind: .moment), Column("until", kind: .moment),
                Column("duration_s", title: "duration", kind: .seconds),
                Column("samples", kind: .number), Column("connections", kind: .number),
                Column("opened", kind: .number), Column("closed", kind: .number),
                Column("closed_by_local", title: "closed by this host", kind: .number),
                Column("closed_by_peer", title: "closed by the peer", kind: .number),
                Column("closed_by_unknown", title: "closed, not seen by whom", kind: .number),
                Column("reset", kind: .number), Column("refused", kind: .number),
                Column("connect_timeout", title: "never answered", kind: .number),
                Column("still_open", title: "still open at the end", kind: .number),
                Column("time_waits", title: "TIME-WAITs", kind: .number),
                Column("peak_sockets", title: "most sockets at once", kind: .number),
                Column("peak_established", title: "most ESTAB at once", kind: .number),
                Column("peak_time_wait", title: "most TIME-WAIT at once", kind: .number),
                Column("peak_close_wait", title: "most CLOSE-WAIT at once", kind: .number),
                Column("peak_descriptors", title: "most descriptors", kind: .number),
                Column("maximum_descriptors", title: "descriptors allowed", kind: .number),
                Column("not_sent", title: "attempts not sent", kind: .number),
                Column("no_room", title: "no room in TIME_WAIT's table", kind: .number),
                Column("exact", title: "exact openings and ends", kind: .ratio),
                Column("time_wait_exact", title: "exact times of TIME-WAIT", kind: .ratio),
            ])
        question.count = { try $0.tally(SummaryTally(scope.range)).cells }
        self.question = question
    }
}
