import Model

/// Openings and ends over time, a row a bucket.
package struct ChurnQuery {
    private static let rest = """
        stretches AS MATERIALIZED (\(RecordedTime.stretches)),
        buckets AS (
          SELECT 0 AS bucket UNION ALL SELECT bucket + 1 FROM buckets WHERE bucket + 1 < :buckets),
        told AS (
          SELECT bucket, :since + bucket * :bucket AS start,
            min(:until, :since + (bucket + 1) * :bucket) AS finish
          FROM buckets),
        seen AS (
          SELECT bucket, start, finish,
            (SELECT sum(max(0, min(finish, ended) - max(start, started))) FROM stretches) / 1e6
              AS seconds,
            EXISTS (SELECT 1 FROM gaps WHERE from_us <= start AND until_us >= finish) AS missing
          FROM told)
        -- Where nothing was recorded nothing is known; that is not 0.
        SELECT start, CASE WHEN seconds > 0 AND NOT missing THEN coalesce(opened, 0) ELSE opened END,
          CASE WHEN seconds > 0 AND NOT missing THEN coalesce(closed, 0) ELSE closed END,
          CASE WHEN seconds > 0 AND NOT missing THEN coalesce(failed, 0) ELSE failed END,
          CASE WHEN seconds > 0 AND NOT missing THEN coalesce(reset, 0) ELSE reset END,
          CASE WHEN NOT missing THEN coalesce(opened, 0) / nullif(seconds, 0) END,
          CASE WHEN seconds > 0 AND NOT missing THEN coalesce(peak, 0) ELSE peak END
        FROM seen LEFT JOIN counted USING (bucket)
        ORDER BY bucket
        """

    private static let askedSQL = """
        WITH RECURSIVE
        moments AS (
          SELECT opened_us AS at, 1 AS opens, 0 AS ends, 0 AS fails, 0 AS resets
          FROM connections WHERE opened_us BETWEEN :since AND :until AND :filter
          UNION ALL
          SELECT closed_us, 0, opened_max_us IS NOT NULL, opened_max_us IS NULL,
            opened_max_us IS NOT NULL AND close_kind = 'reset'
          FROM connections WHERE closed_us BETWEEN :since AND :until AND :filter),
        by_second AS (
          SELECT min(:buckets - 1, (at - :since) / :bucket) AS bucket, sum(opens) AS opened,
            sum(ends) AS closed, sum(fails) AS failed, sum(resets) AS reset
          FROM moments GROUP BY bucket, (at - :since) / 1000000),
        counted AS (
          SELECT bucket, sum(opened) AS opened, sum(closed) AS closed, sum(failed) AS failed,
            sum(reset) AS reset, max(opened) AS peak
          FROM by_second GROUP BY bucket),
        \(rest)
        """

    private static let countedSQL = """
        WITH RECURSIVE
        counted AS (
          SELECT json_extract(value, '$[0]') AS bucket, json_extract(value, '$[1]') AS opened,
            json_extract(value, '$[2]') AS closed, json_extract(value, '$[3]') AS failed,
            json_extract(value, '$[4]') AS reset, json_extract(value, '$[5]') AS peak
          FROM json_each(:counts)),
        \(rest)
        """

    package let question: Question

    /// Lengths of a bucket that people count in, s.
    private static let usual: [Int64] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
        86_400, 172_800, 604_800,
    ]

    /// The shortest usual length of which at most 24 fill the range, s.
    package static func usualSeconds(_ range: AxisRange) -> Int64 {
        let length = range.until - range.since
        return usual.first { $0 * 24_000_000 >= length } ?? max(1, length / 24_000_000)
    }

    /// How many buckets of so many seconds fill the range.
    package static func buckets(_ range: AxisRange, seconds: Int64) -> Int64 {
        let length = max(1, seconds) * 1_000_000
        return max(1, (range.until - range.since + length - 1) / length)
    }

    /// `seconds` is the length of a bucket; the first begins where the range does.
    package init(_ scope: Scope, seconds: Int64) {
        let seconds = max(1, seconds)
        let buckets = Self.buckets(scope.range, seconds: seconds)
        let arguments: [String: Cell] = [
            "bucket": .integer(seconds * 1_000_000), "buckets": .integer(buckets),
        ]
        var question = Question(
            Self.countedSQL, scope: scope, arguments: arguments,
            columns: [
                Column("from", kind: .moment), Column("opened", kind: .number),
                Column("closed", kind: .number), Column("failed", kind: .number),
                Column("reset", kind: .number),
                Column("opens_per_s", title: "opens/s", kind: .number),
                Column("peak_opens_per_s", title: "most in 1 s", kind: .number),
            ])
        question.asked = Question(Self.askedSQL, scope: scope, columns: []).sql
        question.count = { session in
            let empty = ChurnTally(
                scope.range, seconds: seconds, count: buckets,
                passing: try Passing(session, scope))
            return ["counts": try session.tally(empty).cell]
        }
        self.question = question
    }
}
