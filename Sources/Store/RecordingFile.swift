import CStore
package import GRDB
import GRDBSQLite
import Glibc

/// A recording opened for reading. Nothing that is run through it can change the file.
package final class RecordingFile: Sendable {
    /// Where the file is.
    package let path: String
    /// Read-only; one `read` sees one state of the file, also while it is being recorded.
    package let database: DatabaseQueue

    private init(path: String, database: DatabaseQueue) {
        self.path = path
        self.database = database
    }

    deinit { try? database.close() }

    /// Opens a recording that this program's schema fits.
    package static func open(readingPath path: String) throws -> RecordingFile {
        try examine(path)
        _ = SQLiteLibrary.countsNoMemory
        do {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try database.read { database in
                try refuseOthers(try FileState(database), path: path)
                if let object = try OwnSchema.current.alteredObject(in: database) {
                    throw StoreError.altered("read", path, object: object)
                }
            }
            return RecordingFile(path: path, database: database)
        } catch let error as DatabaseError {
            throw cause(of: error, path: path)
        }
    }

    static func examine(_ path: String) throws {
        guard let facts = FileFacts(path: path) else {
            let number = errno
            if number == ENOENT || number == ENOTDIR {
                throw StoreError(errno: ENOENT, "read", path)
            }
            throw unreadable(path, number)
        }
        guard !facts.isFolder else { throw unreadable(path, EISDIR) }
        // The path lives as long as the call.
        guard unsafe access(path, R_OK) == 0 else { throw unreadable(path, errno) }
        guard facts.bytes > 0 else { throw StoreError.empty("read", path) }
    }

    private static func unreadable(_ path: String, _ number: Int32) -> StoreError {
        StoreError(
            .unreadable, "read", path, StoreError.text(of: number),
            try: number == EISDIR ? "the file in it" : "as the user who owns it", code: number)
    }

    private static func refuseOthers(_ state: FileState, path: String) throws {
        switch state {
        case .empty: throw StoreError.empty("read", path)
        case .foreign: throw StoreError.foreign("read", path)
        case .recording(let version):
            let own = Int64(Migration.embedded.count)
            if version > own { throw StoreError.newer("read", path, version: version) }
            if version < own { throw StoreError.older("read", path, version: version) }
        }
    }

    private static func cause(of error: DatabaseError, path: String) -> StoreError {
        switch error.resultCode {
        case .SQLITE_CANTOPEN, .SQLITE_READONLY:
            guard FileFacts.isWriteAhead(path: path) else { break }
            return .needsWriteAccess(path, code: error.extendedResultCode.rawValue)
        default: break
        }
        return StoreError(error, "read", path)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try defend(database)
            try teach(database)
            try database.execute(
                sql: """
                    PRAGMA query_only = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    """)
        }
        return configuration
    }

    /// The most that a file, or a question, may make SQLite do at once: octets of a value, octets
    /// and depth of a statement, selects put together, files attached.
    private static let limits: [(CInt, CInt)] = [
        (SQLITE_LIMIT_LENGTH, 64 << 20), (SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
        (SQLITE_LIMIT_EXPR_DEPTH, 500), (SQLITE_LIMIT_COMPOUND_SELECT, 100),
        (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 10_000), (SQLITE_LIMIT_ATTACHED, 0),
    ]

    private static func defend(_ database: Database) throws {
        let connection = unsafe database.sqliteConnection
        let code = unsafe defend_against_file(UnsafeMutableRawPointer(connection))
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        for (limit, value) in limits { _ = unsafe sqlite3_limit(connection, limit, value) }
    }

    /// What `ConnectionScan` reads with.
    private static func teach(_ database: Database) throws {
        let connection = unsafe UnsafeMutableRawPointer(database.sqliteConnection)
        let code = unsafe add_row_numbers(connection)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}
