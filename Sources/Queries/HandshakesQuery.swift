import Model

/// How handshakes ended, and how long those took that opened a connection.
package struct HandshakesQuery {
    private static let sql = """
        WITH told AS (
          SELECT \(Buckets.groupMark) AS grouped, attempted_min_us, attempted_max_us, opened_min_us,
            opened_max_us, closed_min_us, coalesce(attempted_us, attempted_max_us) AS began,
            CASE WHEN opened_max_us IS NOT NULL THEN 'opened'
              WHEN closed_max_us IS NULL THEN 'waiting' ELSE close_kind END AS outcome,
            -- When it opened or failed; of one that still waits the last sight.
            CASE WHEN opened_max_us IS NOT NULL THEN opened_us
              ELSE coalesce(closed_us, closed_max_us, closed_min_us) END AS at
          FROM connections WHERE :filter),
        ended AS (
          SELECT grouped, CASE WHEN at <= :until THEN outcome ELSE 'waiting' END AS outcome,
            \(Buckets.index("min(at, :until)")) AS bucket,
            max(0, CASE WHEN at > :until THEN :until WHEN opened_max_us IS NOT NULL
              THEN opened_min_us ELSE closed_min_us END - attempted_max_us) AS sure,
            CASE WHEN at <= :until AND outcome = 'opened'
              THEN opened_max_us - attempted_min_us END AS most
          FROM told WHERE at >= :since AND coalesce(began, at) <= :until),
        ranked AS (
          SELECT bucket, grouped, sure + most AS lasted,
            row_number() OVER (PARTITION BY bucket, grouped ORDER BY sure + most) AS place,
            count(*) OVER (PARTITION BY bucket, grouped) AS lives
          FROM ended WHERE sure + most IS NOT NULL),
        share AS (
          SELECT bucket, grouped,
            max(CASE WHEN place = (lives * 50 + 99) / 100 THEN lasted END) AS p50,
            max(CASE WHEN place = (lives * 99 + 99) / 100 THEN lasted END) AS p99
          FROM ranked GROUP BY bucket, grouped),
        counted AS (
          SELECT bucket, grouped, count(*) AS attempts, sum(outcome = 'opened') AS opened,
            sum(outcome = 'refused') AS refused, sum(outcome = 'connect_timeout') AS timed_out,
            sum(outcome = 'unreachable') AS unreachable, sum(outcome = 'not_sent') AS not_sent,
            sum(outcome = 'aborted') AS gave_up,
            sum(outcome NOT IN ('opened', 'refused', 'connect_timeout', 'unreachable', 'not_sent',
              'aborted', 'waiting')) AS unknown,
            sum(outcome = 'waiting') AS waiting,
            coalesce(sum(outcome = 'opened' AND sure >= 1000000), 0) AS slow,
            max(sure) AS longest, coalesce(sum(4 * (most - sure) > sure + most), 0) AS vague
          FROM ended GROUP BY bucket, grouped),
        total AS (SELECT * FROM counted LEFT JOIN share USING (bucket, grouped)),
        \(tail)
        """

    /// As `sql`, counted beforehand, in half microseconds.
    private static let countedSQL = """
        WITH told AS (
          SELECT json_extract(value, '$[0]') AS bucket, json_extract(value, '$[1]') AS key,
            json_extract(value, '$[2]') AS label, json_extract(value, '$[3]') AS attempts,
            json_extract(value, '$[4]') AS opened, json_extract(value, '$[5]') AS refused,
            json_extract(value, '$[6]') AS timed_out, json_extract(value, '$[7]') AS unreachable,
            json_extract(value, '$[8]') AS not_sent, json_extract(value, '$[9]') AS gave_up,
            json_extract(value, '$[10]') AS unknown, json_extract(value, '$[11]') AS waiting,
            json_extract(value, '$[12]') AS slow, json_extract(value, '$[13]') AS p50,
            json_extract(value, '$[14]') AS p99, json_extract(value, '$[15]') AS longest,
            json_extract(value, '$[16]') AS vague
          FROM json_each(:counts)),
        total AS (SELECT *, \(Buckets.groupMark) AS grouped FROM told),
        \(tail)
        """

    private static let tail = """
        placed AS (
          SELECT *, row_number() OVER (
            PARTITION BY bucket ORDER BY attempts DESC, grouped) AS place FROM total)
        SELECT \(Buckets.leadingMark)attempts, opened, refused, timed_out, unreachable, not_sent,
          gave_up, unknown, waiting, slow, p50 / 2e6, p99 / 2e6, longest / 1e6, vague
        FROM placed WHERE place <= :top OR :top < 0 ORDER BY bucket, attempts DESC, grouped
        """

    package let question: Question

    /// One row a group, those of most handshakes first; with a bucket's length, a row for each
    /// group of each bucket. nil takes all together.
    package init(_ scope: Scope, by grouping: Grouping?, bucketMicroseconds: Int64? = nil) {
        let buckets = Buckets(scope.range, bucketMicroseconds)
        var question = Buckets.question(
            counted: Self.countedSQL, asked: Self.sql, scope: scope, by: grouping,
            length: bucketMicroseconds, columns: Self.columns,
            shown: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13])
        question.count = { session in
            var tally = try session.tally(
                HandshakesTally(
                    scope.range, buckets: buckets,
                    book: try GroupBook(session, scope, by: grouping)),
                passing: try Passing(session, scope))
            return ["counts": tally.cell(top: scope.top)]
        }
        self.question = question
    }

    private static var columns: [Column] {
        [
            Column("attempts", title: "tried", kind: .number), Column("opened", kind: .number),
            Column("refused", kind: .number),
            Column("timed_out", title: "timed out", kind: .number),
            Column("unreachable", title: "no way", kind: .number),
            Column("not_sent", title: "unsent", kind: .number),
            Column("gave_up", title: "gave up", kind: .number),
            Column("unknown", title: "unseen", kind: .number),
            Column("waiting", kind: .number), Column("slow", kind: .number),
            Column("p50_s", title: "p50", kind: .seconds),
            Column("p99_s", title: "p99", kind: .seconds),
            Column("longest_s", title: "longest", kind: .seconds),
            Column("vague", kind: .number),
        ]
    }
}
