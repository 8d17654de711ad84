import GRDB
package import Model

/// One consistent view of a recording: every question of a session sees the same moment, also
/// while the recording goes on. Valid only inside `Reader.read`.
package final class Session {
    let database: Database
    /// Where the file is.
    let path: String
    let cancellation: Cancellation
    /// The recording's axis against the wall clock.
    package private(set) var timeline = Timeline(recordings: [], steps: [])

    init(_ database: Database, path: String, cancellation: Cancellation) throws {
        self.database = database
        self.path = path
        self.cancellation = cancellation
        timeline = try Timeline(self)
    }

    /// The answer as a stream of rows; moments come by the wall clock.
    package func rows(_ question: Question) throws -> any Model.RowCursor {
        if let direct = question.direct { return try direct(self) }
        var question = question
        if let count = question.count {
            question.arguments.merge(try count(self)) { $1 }
        }
        return try translating {
            let statement = try database.makeStatement(sql: question.sql)
            return try rows(of: statement, question)
        }
    }

    /// The whole answer, for the small ones.
    package func all(_ question: Question) throws -> [[Cell]] {
        let cursor = try rows(question)
        var rows: [[Cell]] = []
        while let row = try cursor.next() { rows.append(row) }
        return rows
    }

    /// The answer to what a person typed: one statement that only reads.
    package func rows(of freeSQL: String) throws -> any Model.RowCursor {
        try translating(isFree: true) {
            let statements = try database.allStatements(sql: freeSQL)
            guard let statement = try statements.next() else {
                throw QueryError(.statement, "cannot run the SQL: it is empty; try SELECT …")
            }
            guard statement.isReadonly, !FreeStatement.isRefused(statement.sql) else {
                throw QueryError(
                    .writes,
                    "cannot run the SQL: it would change something; try SELECT, or "
                        + "'socktape snapshot FILE' for a copy of your own")
            }
            guard statement.columnCount > 0 else { return ArrayCursor(columns: [], rows: []) }
            let cursor = try rows(of: statement, nil)
            guard try statements.next() == nil else {
                throw QueryError(
                    .statement,
                    "cannot run the SQL: it holds more than one statement; "
                        + "try one at a time")
            }
            return cursor
        }
    }

    private func rows(of statement: Statement, _ question: Question?) throws -> any Model.RowCursor
    {
        let arguments = question?.arguments.mapValues(\.databaseValue) ?? [:]
        let named = arguments.filter { sqlMentions($0.key, statement.sql) }
        let columns = question.map(\.columns).flatMap { $0.isEmpty ? nil : $0 }
        return StatementCursor(
            try Row.fetchCursor(statement, arguments: StatementArguments(named)),
            columns: columns ?? statement.columnNames.map { Column($0) },
            timeline: timeline, cancellation: cancellation, isFree: question == nil)
    }

    /// GRDB refuses values without a parameter, and a scope binds more than each literal names.
    private func sqlMentions(_ name: String, _ sql: String) -> Bool {
        sql.contains(":" + name)
    }

    func translating<Value>(
        isFree: Bool = false, _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw QueryError(error, isFree: isFree, cancellation: cancellation)
        }
    }
}
