import Model

/// Every row of one view, as it stands.
package struct ViewRowsQuery {
    private static let sql = """
        SELECT * FROM :view WHERE :finish >= :low AND :start <= :high
        """

    package let question: Question

    /// `range` narrows views that have a time; the others are given whole.
    package init(_ view: PublicView, range: AxisRange?) {
        let isTimed = range != nil && view.start != nil
        question = Question(
            isTimed
                ? Self.sql.replacing(":view", with: view.name)
                    .replacing(":start", with: view.start ?? "NULL")
                    .replacing(":finish", with: view.finish ?? "NULL")
                : "SELECT * FROM \(view.name)",
            arguments: isTimed
                ? [
                    "low": range.map { .integer($0.since) } ?? .null,
                    "high": range.map { .integer($0.until) } ?? .null,
                ] : [:],
            columns: [])
    }
}
