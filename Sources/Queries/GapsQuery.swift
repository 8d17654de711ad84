import Model

/// Stretches of time without samples.
package struct GapsQuery {
    private static let sql = """
        SELECT from_us, until_us, (until_us - from_us) / 1e6, reason
        FROM gaps
        WHERE until_us >= :since AND from_us <= :until
        ORDER BY from_us LIMIT :top
        """

    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("from", kind: .moment), Column("until", kind: .moment),
                Column("duration_s", title: "duration", kind: .seconds), Column("reason"),
            ])
    }
}
