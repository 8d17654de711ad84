import Model

/// How many sockets were in each state, over the whole range.
package struct StatesQuery {
    private static let sql = """
        WITH
        wide AS MATERIALIZED (
          SELECT sampled_us, sum(established) AS established, sum(syn_sent) AS syn_sent,
            sum(syn_recv) AS syn_recv, sum(fin_wait1) AS fin_wait1, sum(fin_wait2) AS fin_wait2,
            sum(time_wait) AS time_wait, sum(close_wait) AS close_wait, sum(last_ack) AS last_ack,
            sum(closing) AS closing, sum(listen) AS listen
          FROM state_counts
          WHERE sampled_us BETWEEN :since AND :until
          GROUP BY sample_id HAVING sum(established) IS NOT NULL),
        ends AS MATERIALIZED (
          SELECT min(sampled_us) AS first, max(sampled_us) AS last,
            -- Parts of one and a half intervals: only a gap leaves one empty.
            max(1, min(:slots, (count(*) - 1) * 2 / 3)) AS parts
          FROM wide),
        -- One pass over the samples: ten states side by side, and only then one below the other.
        slotted AS MATERIALIZED (
          SELECT (sampled_us - first) * parts / (last - first + 1) AS slot,
            min(established) AS n1, sum(established) AS s1, max(established) AS m1,
              count(established) AS c1,
            min(syn_sent) AS n2, sum(syn_sent) AS s2, max(syn_sent) AS m2,
              count(syn_sent) AS c2,
            min(syn_recv) AS n3, sum(syn_recv) AS s3, max(syn_recv) AS m3,
              count(syn_recv) AS c3,
            min(fin_wait1) AS n4, sum(fin_wait1) AS s4, max(fin_wait1) AS m4,
              count(fin_wait1) AS c4,
            min(fin_wait2) AS n5, sum(fin_wait2) AS s5, max(fin_wait2) AS m5,
              count(fin_wait2) AS c5,
            min(time_wait) AS n6, sum(time_wait) AS s6, max(time_wait) AS m6,
              count(time_wait) AS c6,
            min(close_wait) AS n7, sum(close_wait) AS s7, max(close_wait) AS m7,
              count(close_wait) AS c7,
            min(last_ack) AS n8, sum(last_ack) AS s8, max(last_ack) AS m8,
              count(last_ack) AS c8,
            min(closing) AS n9, sum(closing) AS s9, max(closing) AS m9,
              count(closing) AS c9,
            min(listen) AS n10, sum(listen) AS s10, max(listen) AS m10,
              count(listen) AS c10
          FROM wide CROSS JOIN ends GROUP BY slot),
        final AS MATERIALIZED (
          SELECT wide.* FROM wide CROSS JOIN ends WHERE sampled_us = last LIMIT 1),
        long AS MATERIALIZED (
          SELECT 1 AS place, 'ESTAB' AS state, slot, c1 AS number, n1 AS least, s1 AS total,
            m1 AS peak, (SELECT established FROM final) AS latest FROM slotted
          UNION ALL SELECT 2, 'SYN-SENT', slot, c2, n2, s2, m2,
            (SELECT syn_sent FROM final) FROM slotted
          UNION ALL SELECT 3, 'SYN-RECV', slot, c3, n3, s3, m3,
            (SELECT syn_recv FROM final) FROM slotted
          UNION ALL SELECT 4, 'FIN-WAIT-1', slot, c4, n4, s4, m4,
            (SELECT fin_wait1 FROM final) FROM slotted
          UNION ALL SELECT 5, 'FIN-WAIT-2', slot, c5, n5, s5, m5,
            (SELECT fin_wait2 FROM final) FROM slotted
          UNION ALL SELECT 6, 'TIME-WAIT', slot, c6, n6, s6, m6,
            (SELECT time_wait FROM final) FROM slotted
          UNION ALL SELECT 7, 'CLOSE-WAIT', slot, c7, n7, s7, m7,
            (SELECT close_wait FROM final) FROM slotted
          UNION ALL SELECT 8, 'LAST-ACK', slot, c8, n8, s8, m8,
            (SELECT last_ack FROM final) FROM slotted
          UNION ALL SELECT 9, 'CLOSING', slot, c9, n9, s9, m9,
            (SELECT closing FROM final) FROM slotted
          UNION ALL SELECT 10, 'LISTEN', slot, c10, n10, s10, m10,
            (SELECT listen FROM final) FROM slotted),
        slots AS MATERIALIZED (
          SELECT 0 AS slot UNION ALL SELECT slot + 1 FROM slots, ends WHERE slot + 1 < parts),
        totals AS (
          SELECT place, state, min(least) AS least,
            CAST(sum(total) AS REAL) / nullif(sum(number), 0) AS mean, max(peak) AS most,
            max(latest) AS latest
          FROM long GROUP BY place HAVING max(peak) > 0)
        SELECT state, least, mean, most, latest,
          (SELECT json_group_array(peak) FROM (
            SELECT s.peak FROM slots LEFT JOIN long AS s
              ON s.slot = slots.slot AND s.place = totals.place
            ORDER BY slots.slot))
        FROM totals WHERE :filter ORDER BY place
        """

    /// As `sql`, counted beforehand.
    private static let countedSQL = """
        SELECT state, least, mean, most, latest, peaks FROM (
          SELECT json_extract(value, '$[0]') AS place, json_extract(value, '$[1]') AS state,
            json_extract(value, '$[2]') AS least, json_extract(value, '$[3]') AS mean,
            json_extract(value, '$[4]') AS most, json_extract(value, '$[5]') AS latest,
            json_extract(value, '$[6]') AS peaks
          FROM json_each(:counts))
        WHERE :filter ORDER BY place
        """

    package let question: Question

    /// One row a state that occurred; the series holds the peaks of `slots` equal parts.
    package init(_ scope: Scope, slots: Int64 = 32) {
        let slots = max(1, slots)
        var question = Question(
            Self.countedSQL, scope: scope, arguments: ["slots": .integer(slots)],
            columns: [
                Column("state"), Column("min", kind: .number), Column("mean", kind: .number),
                Column("max", kind: .number), Column("last", kind: .number),
                Column("peaks", title: "over time", kind: .series),
            ])
        question.asked = Question(Self.sql, scope: scope, columns: []).sql
        question.count = {
            ["counts": try StatesTally($0, scope.range, slots: slots).cell]
        }
        self.question = question
    }
}
