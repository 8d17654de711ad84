import Model

/// What the recorder looked at, what it lost and what it could not see.
package struct SourcesQuery {
    private static let sql = """
        SELECT source, min(from_us), sum(events), sum(lost), reason, count(*),
          sum(min(coalesce(until_us, :until), :until) - max(from_us, :since)) / 1e6
        FROM sources
        WHERE coalesce(until_us, :until) >= :since AND from_us <= :until
        GROUP BY source, reason
        ORDER BY source, min(from_us)
        """

    private static let spansSQL = """
        SELECT source, from_us, coalesce(until_us, :until), lost, reason
        FROM sources
        WHERE coalesce(until_us, :until) >= :since AND from_us <= :until
        ORDER BY from_us
        """

    /// One row a source and reason.
    package let question: Question
    /// One row a stretch: source, from, until, lost, reason, on the axis.
    package let spans: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("source"), Column("from", kind: .moment),
                Column("events", kind: .number), Column("lost", kind: .number), Column("reason"),
                Column("stretches", kind: .number), Column("seconds", kind: .seconds),
            ])
        spans = Question(
            Self.spansSQL, scope: scope,
            columns: ["source", "from_us", "until_us", "lost", "reason"].map { Column($0) })
    }
}
