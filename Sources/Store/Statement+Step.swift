import GRDB
import GRDBSQLite

extension Statement {
    /// Steps to the next row by the statement's own handle; false at the end.
    func step(_ handle: OpaquePointer) throws -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code != SQLITE_DONE else { return false }
        // SQLite keeps the message until the next call.
        let message = unsafe sqlite3_errmsg(sqlite3_db_handle(handle))
            .map { unsafe String(cString: $0) }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
    }
}
