import Model

/// The lifetimes of the connections that opened within a range, for a survival estimate; beside
/// them those of which the opening was not seen and the end is not before the range.
package struct LifetimesQuery {
    private static let sql = """
        SELECT :group AS grouped, lifetime_s, lifetime_min_s, lifetime_max_s, censoring
        FROM lifetimes
        WHERE (opened_us BETWEEN :since AND :until
            OR opened_us IS NULL AND coalesce(closed_us, :until) >= :since)
          AND :filter
        """

    package let question: Question

    /// One row a connection; one group named `all` when no grouping is asked for.
    package init(_ scope: Scope, by grouping: Grouping?) {
        let literal = grouping == nil ? Self.sql.replacing(":group", with: "'all'") : Self.sql
        question = Question(
            literal, scope: scope, grouping: grouping,
            columns: [
                Column(grouping?.column ?? "group"), Column("lifetime_s", kind: .seconds),
                Column("lifetime_min_s", kind: .seconds),
                Column("lifetime_max_s", kind: .seconds), Column("censoring"),
            ])
    }
}
