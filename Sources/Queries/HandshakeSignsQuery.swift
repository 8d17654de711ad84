import Model

/// What samples and counters tell of handshakes, beside the connections themselves.
package struct HandshakeSignsQuery {
    private static let sql = """
        WITH counted AS (
          SELECT sampled_us, sum(syn_sent) AS sent, sum(syn_recv) AS received
          FROM state_counts WHERE sampled_us BETWEEN :since AND :until GROUP BY sample_id),
        step AS (
          SELECT listen_overflows - lag(listen_overflows) OVER before AS overflows,
            listen_drops - lag(listen_drops) OVER before AS drops
          FROM kernel_counters WHERE sampled_us BETWEEN :since AND :until
          WINDOW before AS (PARTITION BY recording_id, netns ORDER BY sample_id)),
        most AS (SELECT max(sent) AS sent, max(received) AS received FROM counted)
        SELECT sent, (SELECT min(sampled_us) FROM counted AS c WHERE c.sent = most.sent),
          received,
          (SELECT min(sampled_us) FROM counted AS c WHERE c.received = most.received),
          (SELECT sum(overflows) FROM step WHERE overflows > 0),
          (SELECT sum(drops) FROM step WHERE drops > 0)
        FROM most
        """

    /// Most in SYN-SENT at once and when, the same in SYN-RECV, overflows of accept queues, drops by
    /// listeners; one row.
    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("syn_sent", kind: .number), Column("syn_sent_at", kind: .moment),
                Column("syn_recv", kind: .number), Column("syn_recv_at", kind: .moment),
                Column("overflows", kind: .number), Column("drops", kind: .number),
            ])
    }
}
