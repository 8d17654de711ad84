package import GRDB
import GRDBSQLite

/// The counts, moments and distances that a recording can hold. A damaged or prepared file may have
/// others, which no arithmetic survives.
let plainNumbers: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

/// Reads rows of whole numbers, without a value boxed between: a night has tens of thousands of
/// samples.
///
/// `unsafe` is for the C interface of SQLite: the statement outlives every call, since `statement`
/// holds it.
@safe
package final class NumberScan {
    /// A row while it is handed over.
    @safe
    package struct Row {
        fileprivate let handle: OpaquePointer

        /// The number in a column; nil for NULL.
        package subscript(column: Int) -> Int64? {
            let column = CInt(truncatingIfNeeded: column)
            guard unsafe sqlite3_column_type(handle, column) != SQLITE_NULL else { return nil }
            return unsafe sqlite3_column_int64(handle, column)
        }

        /// The number in a column; nil for NULL, and for what no recorder writes.
        package func plain(_ column: Int) -> Int64? {
            self[column].flatMap { plainNumbers.contains($0) ? $0 : nil }
        }
    }

    private let statement: Statement

    /// A scan within the database's transaction; `arguments` are for `?` in their order.
    package convenience init(_ database: Database, _ sql: String, _ arguments: [Int64] = []) throws
    {
        try self.init(database, sql, StatementArguments(arguments))
    }

    /// The same with arguments of any kind.
    package init(_ database: Database, _ sql: String, _ arguments: StatementArguments) throws {
        statement = try database.makeStatement(sql: sql)
        try statement.setArguments(arguments)
    }

    /// Hands over each row.
    package func rows(_ body: (Row) throws -> Void) throws {
        let handle = unsafe statement.sqliteStatement
        defer { _ = unsafe sqlite3_reset(handle) }
        unsafe sqlite3_reset(handle)
        let row = unsafe Row(handle: handle)
        while unsafe try statement.step(handle) { try body(row) }
    }
}
