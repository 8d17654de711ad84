import Model

/// What a range holds, in one row.
package struct SummaryQuery {
    private static let sql = """
        WITH
        met AS (
          SELECT count(*) AS connections,
            sum(opened_us BETWEEN :since AND :until) AS opened,
            sum(closed_us BETWEEN :since AND :until AND opened_max_us IS NOT NULL) AS closed,
            sum(closed_by = 'local' AND closed_us BETWEEN :since AND :until
              AND opened_max_us IS NOT NULL) AS by_local,
            sum(closed_by = 'peer' AND closed_us BETWEEN :since AND :until
              AND opened_max_us IS NOT NULL) AS by_peer,
            sum(closed_by = 'unknown' AND closed_us BETWEEN :since AND :until
              AND opened_max_us IS NOT NULL) AS by_unknown,
            sum(close_kind = 'reset' AND closed_us BETWEEN :since AND :until) AS reset,
            sum(close_kind = 'refused' AND closed_us BETWEEN :since AND :until) AS refused,
            sum(close_kind = 'not_sent' AND closed_us BETWEEN :since AND :until) AS not_sent,
            sum(close_kind = 'connect_timeout' AND closed_us BETWEEN :since AND :until)
              AS timed_out,
            sum(closed_max_us IS NULL AND opened_max_us IS NOT NULL) AS still_open
          FROM connections
          WHERE coalesce(attempted_min_us, opened_min_us, :since) <= :until
            AND coalesce(closed_max_us, closed_min_us, :until) >= :since),
        waited AS (
          SELECT count(CASE WHEN ended_by <> 'no_room' THEN 1 END) AS time_waits,
            count(CASE WHEN ended_by = 'no_room' THEN 1 END) AS no_room
          FROM time_waits
          WHERE coalesce(entered_us, entered_max_us) <= :until
            AND (coalesce(left_us, left_min_us) >= :since OR left_min_us IS NULL)),
        counted AS (
          SELECT sampled_us, sum(established) AS established, sum(time_wait) AS time_wait,
            sum(close_wait) AS close_wait, sum(total) AS total
          FROM state_counts WHERE sampled_us BETWEEN :since AND :until GROUP BY sample_id),
        peaks AS (
          SELECT count(*) AS samples, max(established) AS established,
            max(time_wait) AS time_wait, max(close_wait) AS close_wait, max(total) AS total
          FROM counted),
        edge (edges, exact, time_wait_edges, time_wait_exact) AS (\(EdgesQuery.sql)),
        handles AS (
          SELECT max(allocated) AS allocated, max(maximum) AS maximum
          FROM fd_counts WHERE sampled_us BETWEEN :since AND :until)
        SELECT :since, :until, (:until - :since) / 1e6,
          (SELECT count(*) FROM samples WHERE sampled_us BETWEEN :since AND :until),
          met.connections, coalesce(opened, 0), coalesce(closed, 0), coalesce(by_local, 0),
          coalesce(by_peer, 0), coalesce(by_unknown, 0), coalesce(reset, 0),
          coalesce(refused, 0), coalesce(timed_out, 0), coalesce(still_open, 0), time_waits, peaks.total, peaks.established, peaks.time_wait,
          peaks.close_wait, handles.allocated,
          CASE WHEN handles.maximum < 9223372036854775807 THEN handles.maximum END,
          coalesce(not_sent, 0), no_room, CAST(edge.exact AS REAL) / nullif(edge.edges, 0),
          CAST(edge.time_wait_exact AS REAL) / nullif(edge.time_wait_edges, 0)
        FROM met, waited, peaks, handles, edge
        """

    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
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
    }
}
