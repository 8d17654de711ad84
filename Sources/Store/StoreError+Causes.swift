import GRDB
import Glibc

extension StoreError {
    /// What SQLite reported.
    init(_ error: DatabaseError, _ action: String, _ path: String) {
        let kind = Self.kind(of: error)
        self.init(
            kind, action, path, error.message ?? "\(error.resultCode)", try: Self.remedy(for: kind),
            code: error.extendedResultCode.rawValue, sql: error.sql)
    }

    /// What a system call left in errno.
    init(errno number: Int32, _ action: String, _ path: String) {
        let kind: Kind =
            switch number {
            case ENOENT: action == "read" ? .missing : .cannotCreate
            case EACCES, EPERM, EROFS: .notPermitted
            case ENOSPC, EDQUOT: .full
            case EEXIST: .targetExists
            default: action == "create" ? .cannotCreate : .inputOutput
            }
        self.init(
            kind, action, path, Self.text(of: number), try: Self.remedy(for: kind), code: number)
    }

    /// Runs a closure whose database errors become errors of this store.
    static func translating<Result>(
        _ action: String, _ path: String, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error, action, path)
        }
    }

    /// The system's words for an errno.
    static func text(of number: Int32) -> String {
        // strerror's text stays valid until the next call of this thread; it is copied at once.
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }

    private static func kind(of error: DatabaseError) -> Kind {
        if error.extendedResultCode == .SQLITE_READONLY_DBMOVED { return .displaced }
        return switch error.resultCode {
        case .SQLITE_FULL: .full
        case .SQLITE_IOERR: .inputOutput
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
        case .SQLITE_CORRUPT: .damaged
        case .SQLITE_NOTADB: .notADatabase
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .notPermitted
        case .SQLITE_CANTOPEN: .cannotCreate
        case .SQLITE_INTERRUPT, .SQLITE_ABORT: .cancelled
        default: .refused
        }
    }

    private static func remedy(for kind: Kind) -> String {
        switch kind {
        case .missing: "another path, or recording first"
        case .full: "making room on its disk, or recording to another one"
        case .inputOutput: "another disk; the system log may tell what is wrong with this one"
        case .busy: "again when the other program is done with it"
        case .damaged: "`socktape check` on it, or an earlier copy"
        case .notADatabase, .foreign: "the path of a recording"
        case .notPermitted, .needsWriteAccess, .unreadable: "as the user who owns it"
        case .cannotCreate: "a path in a folder that exists and can be written"
        case .targetExists: "another name, or removing it first"
        default: "again, and report it if it stays"
        }
    }
}
