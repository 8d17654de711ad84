import Model

/// Who closes first, and how.
package struct ClosersQuery {
    private static let sql = """
        WITH told AS (
          SELECT \(Buckets.groupMark) AS grouped, \(Buckets.index("closed_us")) AS bucket,
            closed_by, close_kind
          FROM connections
          WHERE opened_max_us IS NOT NULL AND closed_us BETWEEN :since AND :until AND :filter),
        total AS (
          SELECT bucket, grouped, count(*) AS closed, sum(closed_by = 'local') AS by_local,
            sum(closed_by = 'peer') AS by_peer, sum(closed_by = 'both') AS by_both,
            sum(closed_by = 'unknown') AS by_unknown, sum(close_kind = 'fin') AS fin,
            sum(close_kind = 'reset') AS reset, sum(close_kind = 'timeout') AS timeout,
            sum(close_kind = 'aborted') AS aborted,
            sum(close_kind NOT IN ('fin', 'reset', 'timeout', 'aborted')) AS other
          FROM told GROUP BY bucket, grouped),
        \(tail)
        """

    /// As `sql`, counted beforehand.
    private static let countedSQL = """
        WITH told AS (
          SELECT json_extract(value, '$[0]') AS bucket, json_extract(value, '$[1]') AS key,
            json_extract(value, '$[2]') AS label, json_extract(value, '$[3]') AS closed,
            json_extract(value, '$[4]') AS by_local, json_extract(value, '$[5]') AS by_peer,
            json_extract(value, '$[6]') AS by_both, json_extract(value, '$[7]') AS by_unknown,
            json_extract(value, '$[8]') AS fin, json_extract(value, '$[9]') AS reset,
            json_extract(value, '$[10]') AS timeout, json_extract(value, '$[11]') AS aborted,
            json_extract(value, '$[12]') AS other
          FROM json_each(:counts)),
        total AS (SELECT *, \(Buckets.groupMark) AS grouped FROM told),
        \(tail)
        """

    private static let tail = """
        placed AS (
          SELECT *, row_number() OVER (
            PARTITION BY bucket ORDER BY closed DESC, grouped) AS place FROM total)
        SELECT \(Buckets.leadingMark)closed, by_local, by_peer, by_both, by_unknown,
          CAST(by_local AS REAL) / nullif(closed - by_unknown, 0),
          CAST(by_peer AS REAL) / nullif(closed - by_unknown, 0), fin, reset, timeout, aborted,
          other
        FROM placed WHERE place <= :top OR :top < 0 ORDER BY bucket, closed DESC, grouped
        """

    package let question: Question

    /// One row a group, those of most ends first; with a bucket's length, a row for each group of
    /// each bucket. nil takes all together.
    package init(_ scope: Scope, by grouping: Grouping?, bucketMicroseconds: Int64? = nil) {
        let buckets = Buckets(scope.range, bucketMicroseconds)
        var question = Buckets.question(
            counted: Self.countedSQL, asked: Self.sql, scope: scope, by: grouping,
            length: bucketMicroseconds, columns: Self.columns,
            shown: [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11])
        question.count = { session in
            let tally = try session.tally(
                ClosersTally(
                    scope.range, buckets: buckets,
                    book: try GroupBook(session, scope, by: grouping)),
                passing: try Passing(session, scope))
            return ["counts": tally.cell(top: scope.top)]
        }
        self.question = question
    }

    private static var columns: [Column] {
        [
            Column("closed", kind: .number),
            Column("by_local", title: "here", kind: .number),
            Column("by_peer", title: "peer", kind: .number),
            Column("by_both", title: "both", kind: .number),
            Column("by_unknown", title: "unseen", kind: .number),
            Column("local_share", title: "here of seen", kind: .ratio),
            Column("peer_share", title: "peer of seen", kind: .ratio),
            Column("fin", kind: .number), Column("reset", kind: .number),
            Column("timeout", kind: .number), Column("aborted", kind: .number),
            Column("other", kind: .number),
        ]
    }
}
