import GRDB

extension QueryError {
    /// What an error of SQLite means to the person who asked.
    init(_ error: DatabaseError, isFree: Bool, cancellation: Cancellation) {
        if error.resultCode == .SQLITE_INTERRUPT || cancellation.reason != nil {
            self = (cancellation.reason ?? .interrupted).error
            return
        }
        let message = error.message ?? "SQLite says \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .damaged,
                "cannot read the recording: \(message); "
                    + "try 'socktape check', or a snapshot taken before")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "cannot read the recording: \(message); try again in a moment")
        case .SQLITE_READONLY, .SQLITE_AUTH, .SQLITE_PERM:
            self.init(.writes, "cannot run the SQL: \(message); try a statement that only reads")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_FULL, .SQLITE_NOMEM:
            self.init(.input, "cannot read the recording: \(message); try 'socktape check'")
        default:
            if isFree, message.contains("too many attached databases") {
                self.init(.writes, "cannot run the SQL: it attaches a database; try SELECT")
            } else if isFree {
                self.init(
                    .statement,
                    "cannot run the SQL: \(message); "
                        + KnownNames.remedy(message, in: error.sql))
            } else {
                self.init(
                    .damaged, "cannot read the recording: \(message); try 'socktape check'")
            }
        }
    }
}
