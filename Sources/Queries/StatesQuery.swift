import Model

/// How many sockets were in each state, over the whole range.
package struct StatesQuery {
    private static let sql = """
        WITH
        wide AS (
          SELECT sampled_us, sum(established) AS established, sum(syn_sent) AS syn_sent,
            sum(syn_recv) AS syn_recv, sum(fin_wait1) AS fin_wait1, sum(fin_wait2) AS fin_wait2,
            sum(time_wait) AS time_wait, sum(close_wait) AS close_wait, sum(last_ack) AS last_ack,
            sum(closing) AS closing, sum(listen) AS listen
          FROM state_counts
          WHERE sampled_us BETWEEN :since AND :until
          GROUP BY sample_id),
        long AS MATERIALIZED (
          SELECT 1 AS place, 'ESTAB' AS state, sampled_us, established AS sockets FROM wide
          UNION ALL SELECT 2, 'SYN-SENT', sampled_us, syn_sent FROM wide
          UNION ALL SELECT 3, 'SYN-RECV', sampled_us, syn_recv FROM wide
          UNION ALL SELECT 4, 'FIN-WAIT-1', sampled_us, fin_wait1 FROM wide
          UNION ALL SELECT 5, 'FIN-WAIT-2', sampled_us, fin_wait2 FROM wide
          UNION ALL SELECT 6, 'TIME-WAIT', sampled_us, time_wait FROM wide
          UNION ALL SELECT 7, 'CLOSE-WAIT', sampled_us, close_wait FROM wide
          UNION ALL SELECT 8, 'LAST-ACK', sampled_us, last_ack FROM wide
          UNION ALL SELECT 9, 'CLOSING', sampled_us, closing FROM wide
          UNION ALL SELECT 10, 'LISTEN', sampled_us, listen FROM wide),
        ends AS (
          SELECT min(sampled_us) AS first, max(sampled_us) AS last,
            -- Parts of one and a half intervals: only a gap leaves one empty.
            max(1, min(:slots, (count(DISTINCT sampled_us) - 1) * 2 / 3)) AS parts
          FROM long WHERE sockets IS NOT NULL),
        slotted AS (
          SELECT place, (sampled_us - first) * parts / (last - first + 1) AS slot,
            max(sockets) AS peak
          FROM long, ends GROUP BY place, slot),
        slots AS (
          SELECT 0 AS slot UNION ALL SELECT slot + 1 FROM slots, ends WHERE slot + 1 < parts),
        totals AS (
          SELECT place, state, min(sockets) AS least, avg(sockets) AS mean, max(sockets) AS most,
            sum(CASE WHEN sampled_us = last THEN sockets END) AS latest
          FROM long, ends GROUP BY place HAVING max(sockets) > 0)
        SELECT state, least, mean, most, latest,
          (SELECT json_group_array(peak) FROM (
            SELECT s.peak FROM slots LEFT JOIN slotted AS s
              ON s.slot = slots.slot AND s.place = totals.place
            ORDER BY slots.slot))
        FROM totals WHERE :filter ORDER BY place
        """

    package let question: Question

    /// One row a state that occurred; the series holds the peaks of `slots` equal parts.
    package init(_ scope: Scope, slots: Int64 = 32) {
        question = Question(
            Self.sql, scope: scope, arguments: ["slots": .integer(max(1, slots))],
            columns: [
                Column("state"), Column("min", kind: .number), Column("mean", kind: .number),
                Column("max", kind: .number), Column("last", kind: .number),
                Column("peaks", title: "over time", kind: .series),
            ])
    }
}
