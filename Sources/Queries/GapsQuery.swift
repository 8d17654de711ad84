import Model

/// Stretches of time without samples.
package struct GapsQuery {
    private static let sql = """
        SELECT from_us, until_us, (until_us - from_us) / 1e6, reason,
          (SELECT count(*) FROM samples AS s
            WHERE s.sampled_us > g.from_us AND s.sampled_us < g.until_us)
        FROM gaps AS g
        WHERE until_us >= :since AND from_us <= :until
        ORDER BY from_us LIMIT :top
        """

    private static let stretchesSQL = """
        SELECT from_us, until_us FROM gaps WHERE until_us >= :since AND from_us <= :until
        """

    package let question: Question
    /// From and until of each, on the axis.
    package let stretches: Question

    package init(_ scope: Scope) {
        stretches = Question(
            Self.stretchesSQL, scope: scope, columns: [Column("from_us"), Column("until_us")])
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("from", kind: .moment), Column("until", kind: .moment),
                Column("duration_s", title: "duration", kind: .seconds), Column("reason"),
                Column("samples", kind: .number),
            ])
    }
}
