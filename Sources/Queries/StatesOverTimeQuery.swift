import Model

/// How many sockets were in each state, a row for each state of each bucket of time.
package struct StatesOverTimeQuery {
    private static let sql = """
        WITH
        wide AS (
          SELECT sampled_us, (sampled_us - :since) / :bucket AS bucket,
            sum(established) AS established, sum(syn_sent) AS syn_sent,
            sum(syn_recv) AS syn_recv, sum(fin_wait1) AS fin_wait1, sum(fin_wait2) AS fin_wait2,
            sum(time_wait) AS time_wait, sum(close_wait) AS close_wait, sum(last_ack) AS last_ack,
            sum(closing) AS closing, sum(listen) AS listen
          FROM state_counts
          WHERE sampled_us BETWEEN :since AND :until
          GROUP BY sample_id),
        long AS (
          SELECT 1 AS place, 'ESTAB' AS state, sampled_us, bucket, established AS sockets FROM wide
          UNION ALL SELECT 2, 'SYN-SENT', sampled_us, bucket, syn_sent FROM wide
          UNION ALL SELECT 3, 'SYN-RECV', sampled_us, bucket, syn_recv FROM wide
          UNION ALL SELECT 4, 'FIN-WAIT-1', sampled_us, bucket, fin_wait1 FROM wide
          UNION ALL SELECT 5, 'FIN-WAIT-2', sampled_us, bucket, fin_wait2 FROM wide
          UNION ALL SELECT 6, 'TIME-WAIT', sampled_us, bucket, time_wait FROM wide
          UNION ALL SELECT 7, 'CLOSE-WAIT', sampled_us, bucket, close_wait FROM wide
          UNION ALL SELECT 8, 'LAST-ACK', sampled_us, bucket, last_ack FROM wide
          UNION ALL SELECT 9, 'CLOSING', sampled_us, bucket, closing FROM wide
          UNION ALL SELECT 10, 'LISTEN', sampled_us, bucket, listen FROM wide),
        numbered AS (
          SELECT *, row_number() OVER (PARTITION BY place, bucket ORDER BY sampled_us DESC) AS back
          FROM long WHERE sockets IS NOT NULL)
        SELECT :since + bucket * :bucket, state, min(sockets), avg(sockets), max(sockets),
          sum(CASE WHEN back = 1 THEN sockets END)
        FROM numbered WHERE :filter
        GROUP BY bucket, place HAVING max(sockets) > 0
        ORDER BY bucket, place
        """

    package let question: Question

    /// `bucketMicroseconds` is the length of a bucket; the first begins where the range does.
    package init(_ scope: Scope, bucketMicroseconds: Int64) {
        question = Question(
            Self.sql, scope: scope, arguments: ["bucket": .integer(max(1, bucketMicroseconds))],
            columns: [
                Column("from", kind: .moment), Column("state"), Column("min", kind: .number),
                Column("mean", kind: .number), Column("max", kind: .number),
                Column("last", kind: .number),
            ])
    }
}
