import GRDB
import GRDBSQLite

/// A prepared statement whose parameters are bound one after the other, without an array of boxed
/// values between: a sample may write 50,000 rows.
///
/// `unsafe` is for the C interface of SQLite: the statement outlives every call, since `statement`
/// holds it, and texts are copied by SQLite while they are bound.
@safe
final class BoundStatement {
    private let statement: Statement
    private let handle: OpaquePointer
    private var parameter: CInt = 0
    private var failure = SQLITE_OK
    /// SQLITE_TRANSIENT, a cast that Swift does not import.
    private let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(_ database: Database, _ sql: String) throws {
        statement = try database.makeStatement(sql: sql)
        unsafe handle = statement.sqliteStatement
    }

    /// Binds the next parameter; numbers beyond 63 bits keep their bits.
    func bind(_ number: (some FixedWidthInteger)?) {
        parameter += 1
        let code =
            if let number {
                unsafe sqlite3_bind_int64(handle, parameter, Int64(truncatingIfNeeded: number))
            } else {
                unsafe sqlite3_bind_null(handle, parameter)
            }
        note(code)
    }

    /// Binds the next parameter.
    func bind(_ text: String?) {
        parameter += 1
        guard var text else { return note(unsafe sqlite3_bind_null(handle, parameter)) }
        let code = text.withUTF8 { octets in
            unsafe octets.withMemoryRebound(to: CChar.self) { octets in
                guard let start = octets.baseAddress else {
                    // A null pointer would bind NULL, but an empty text is not unknown.
                    return unsafe sqlite3_bind_text(handle, parameter, "", 0, copied)
                }
                let count = CInt(clamping: octets.count)
                return unsafe sqlite3_bind_text(handle, parameter, start, count, copied)
            }
        }
        note(code)
    }

    /// Runs the statement for its effect and makes it ready for the next row.
    func run() throws { try unsafe step { _ in } }

    /// Runs the statement, which may insert a row; the row's number, nil when none was inserted.
    func inserted() throws -> Int64? {
        try run()
        let connection = unsafe sqlite3_db_handle(handle)
        return unsafe sqlite3_changes(connection) > 0
            ? sqlite3_last_insert_rowid(connection) : nil
    }

    /// Runs the statement; the first column of its first row, nil when there is none.
    func number() throws -> Int64? {
        var result: Int64?
        try unsafe step { unsafe result = sqlite3_column_int64($0, 0) }
        return result
    }

    private func note(_ code: CInt) { if failure == SQLITE_OK { failure = code } }

    private func step(_ row: (OpaquePointer) -> Void) throws {
        defer {
            parameter = 0
            failure = SQLITE_OK
            _ = unsafe sqlite3_reset(handle)
        }
        let code = failure == SQLITE_OK ? unsafe sqlite3_step(handle) : failure
        if code == SQLITE_ROW { return unsafe row(handle) }
        guard code == SQLITE_DONE else { throw error(code) }
    }

    private func error(_ code: CInt) -> DatabaseError {
        let connection = unsafe sqlite3_db_handle(handle)
        let message = unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
        let extended = unsafe sqlite3_extended_errcode(connection)
        return DatabaseError(
            resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended),
            message: message, sql: statement.sql)
    }
}
