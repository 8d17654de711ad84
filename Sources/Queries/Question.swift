package import Model

/// What is asked of a recording: SQL over the public views, what is bound, what comes back.
package struct Question: Sendable {
    /// One statement.
    package var sql: String
    /// Values of its parameters, by name without the colon.
    package var arguments: [String: Cell]
    /// Names and kinds of the result's columns, in their order.
    package var columns: [Column]
    /// How many leading columns a table for people shows; nil for all.
    package var essential: Int?

    package init(
        _ sql: String, arguments: [String: Cell] = [:], columns: [Column],
        essential: Int? = nil
    ) {
        self.sql = sql
        self.essential = essential
        self.arguments = arguments
        self.columns = columns
    }

    /// A question about a scope: `:filter` and `:group` in the literal stand for SQL of the
    /// scope's own, everything else is bound.
    package init(
        _ literal: String, scope: Scope, grouping: Grouping? = nil,
        arguments: [String: Cell] = [:], columns: [Column], essential: Int? = nil
    ) {
        self.essential = essential
        sql = literal.replacing(":filter", with: "(\(scope.filter.sql))")
        if let grouping { sql = sql.replacing(":group", with: grouping.sql) }
        self.columns = columns
        self.arguments = scope.filter.arguments.merging(arguments) { $1 }
        self.arguments["since"] = .integer(scope.range.since)
        self.arguments["until"] = .integer(scope.range.until)
        self.arguments["top"] = .integer(scope.top ?? -1)
    }
}
