import Model

/// What a range holds, in one row.
package struct SummaryQuery {
    private static let sql = """
        WITH
        \(samples)
        SELECT \(columns(of: ":"))
        FROM peaks, handles
        """

    private static let samples = """
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
        """

    /// `prefix` stands before the name of what is counted over connections.
    private static func columns(of prefix: String) -> String {
        let columns = """
            :since, :until, (:until - :since) / 1e6,
              (SELECT count(*) FROM samples WHERE sampled_us BETWEEN :since AND :until),
              @connections, @opened, @closed, @by_local, @by_peer, @by_unknown, @reset, @refused,
              @timed_out, @still_open, @time_waits, peaks.total, peaks.established,
              peaks.time_wait, peaks.close_wait, handles.allocated,
              CASE WHEN handles.maximum < 9223372036854775807 THEN handles.maximum END,
              @not_sent, @no_room, CAST(@exact_edges AS REAL) / nullif(@edges, 0),
              CAST(@time_wait_exact_edges AS REAL) / nullif(@time_wait_edges, 0)
            """
        return columns.replacing("@", with: prefix)
    }

    /// The same from the views alone.
    private static let askedSQL = """
        WITH
        \(samples),
        there AS (
          SELECT *, opened_max_us IS NOT NULL AS has_opened,
            coalesce(opened_us BETWEEN :since AND :until, 0) AS opens,
            coalesce(closed_us BETWEEN :since AND :until, 0) AS closes
          FROM connections
          WHERE coalesce(attempted_min_us, opened_min_us, :since) <= :until
            AND coalesce(closed_max_us, closed_min_us, :until) >= :since),
        lives AS (
          SELECT count(*) AS connections, coalesce(sum(opens), 0) AS opened,
            count(CASE WHEN closes AND has_opened THEN 1 END) AS closed,
            count(CASE WHEN closes AND has_opened AND closed_by = 'local' THEN 1 END) AS by_local,
            count(CASE WHEN closes AND has_opened AND closed_by = 'peer' THEN 1 END) AS by_peer,
            count(CASE WHEN closes AND has_opened AND closed_by = 'unknown' THEN 1 END)
              AS by_unknown,
            count(CASE WHEN closes AND close_kind = 'reset' THEN 1 END) AS reset,
            count(CASE WHEN closes AND close_kind = 'refused' THEN 1 END) AS refused,
            count(CASE WHEN closes AND close_kind = 'connect_timeout' THEN 1 END) AS timed_out,
            count(CASE WHEN closes AND close_kind = 'not_sent' THEN 1 END) AS not_sent,
            count(CASE WHEN has_opened AND closed_max_us IS NULL THEN 1 END) AS still_open
          FROM there),
        waits AS (
          SELECT count(CASE WHEN ended_by <> 'no_room' THEN 1 END) AS time_waits,
            count(CASE WHEN ended_by = 'no_room' THEN 1 END) AS no_room
          FROM time_waits
          WHERE coalesce(entered_us, entered_max_us) <= :until
            AND coalesce(left_us, left_min_us, 9223372036854775807) >= :since),
        exactness (edges, exact_edges, time_wait_edges, time_wait_exact_edges) AS (
        \(EdgesQuery.sql))
        SELECT \(columns(of: ""))
        FROM peaks, handles, lives, waits, exactness
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
        question.asked = Question(Self.askedSQL, scope: scope, columns: []).sql
        question.count = { try $0.tally(SummaryTally(scope.range)).cells }
        self.question = question
    }
}
