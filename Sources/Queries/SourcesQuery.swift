import Model

/// What the recorder looked at, what it lost and what it could not see.
package struct SourcesQuery {
    private static let sql = """
        SELECT source, min(from_us), sum(events), sum(lost), reason
        FROM sources
        WHERE coalesce(until_us, :until) >= :since AND from_us <= :until
        GROUP BY source, reason
        ORDER BY source, min(from_us)
        """

    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("source"), Column("from", kind: .moment),
                Column("events", kind: .number), Column("lost", kind: .number), Column("reason"),
            ])
    }
}
