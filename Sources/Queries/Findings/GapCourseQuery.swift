import Model

/// Every stretch of a range without samples, on the axis.
package struct GapCourseQuery {
    private static let sql = """
        SELECT max(from_us, :since) AS from_us, min(until_us, :until) AS until_us, reason
        FROM gaps WHERE until_us > :since AND from_us < :until ORDER BY from_us
        """

    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope, columns: ["from_us", "until_us", "reason"].map { Column($0) })
    }
}
