import Model

/// How much of what the kernel counted the recording holds.
package struct CoverageQuery {
    private static let sql = """
        SELECT from_us, until_us, kernel_opens, recorded_opens, ratio, netns, active_kernel,
          active_recorded, passive_kernel, passive_recorded, unattributed
        FROM coverage
        WHERE until_us >= :since AND from_us <= :until
        ORDER BY from_us, netns
        """

    private static let totalSQL = """
        SELECT sum(kernel_opens), sum(recorded_opens),
          CAST(sum(recorded_opens) AS REAL) / nullif(sum(kernel_opens), 0)
        FROM coverage
        WHERE until_us >= :since AND from_us <= :until AND kernel_opens IS NOT NULL
        """

    /// One row an hour and namespace.
    package let question: Question
    /// One row over the whole range.
    package let total: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("from", kind: .moment), Column("until", kind: .moment),
                Column("kernel_opens", title: "counted", kind: .number),
                Column("recorded_opens", title: "recorded", kind: .number),
                Column("ratio", title: "share", kind: .ratio), Column("netns"),
                Column("active_kernel", title: "active", kind: .number),
                Column("active_recorded", title: "recorded", kind: .number),
                Column("passive_kernel", title: "passive", kind: .number),
                Column("passive_recorded", title: "recorded", kind: .number),
                Column("unattributed", kind: .number),
            ], essential: 5)
        total = Question(
            Self.totalSQL, scope: scope,
            columns: [
                Column("kernel_opens", kind: .number), Column("recorded_opens", kind: .number),
                Column("ratio", kind: .ratio),
            ])
    }
}
