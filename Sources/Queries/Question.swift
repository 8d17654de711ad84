package import Model

/// What is asked of a recording: SQL over the public views, what is bound, what comes back.
package struct Question: Sendable {
    /// One statement.
    package var sql: String
    /// Values of its parameters, by name without the colon.
    package var arguments: [String: Cell]
    /// Names and kinds of the result's columns, in their order.
    package var columns: [Column]
    /// Which columns a table for people shows, in this order; nil for all.
    package var shown: [Int]?
    /// What is counted over all connections beforehand, and bound by these names.
    var count: (@Sendable (Session) throws -> [String: Cell])?
    /// The same rows made of packed ones, where that is much faster than SQL.
    var direct: (@Sendable (Session) throws -> any RowCursor)?
    /// The same over the public views alone, where `sql` is not: what a person is told to run.
    package var asked: String?

    /// `essential` is how many leading columns a table for people shows.
    package init(
        _ sql: String, arguments: [String: Cell] = [:], columns: [Column],
        essential: Int? = nil
    ) {
        self.sql = sql
        shown = essential.map { Array(0..<$0) }
        self.arguments = arguments
        self.columns = columns
    }

    /// A question about a scope: `:filter` and `:group` in the literal stand for SQL of the
    /// scope's own, everything else is bound.
    package init(
        _ literal: String, scope: Scope, grouping: Grouping? = nil,
        arguments: [String: Cell] = [:], columns: [Column], essential: Int? = nil
    ) {
        shown = essential.map { Array(0..<$0) }
        sql = literal.replacing(":filter", with: "(\(scope.filter.sql))")
        if let grouping { sql = sql.replacing(":group", with: grouping.sql) }
        self.columns = columns
        self.arguments = scope.filter.arguments.merging(arguments) { $1 }
        self.arguments["since"] = .integer(scope.range.since)
        self.arguments["until"] = .integer(scope.range.until)
        self.arguments["top"] = .integer(scope.top ?? -1)
    }
}
