import CStore
import GRDBSQLite

/// What is told to SQLite as a whole, before anything is opened.
enum SQLiteLibrary {
    /// SQLite counts all memory that it takes, and readers on several threads wait for one another
    /// at each count: Debian's has no memory of a connection's own (OMIT_LOOKASIDE). Nobody asks for
    /// that count. False where somebody used SQLite before, which does no harm.
    static let countsNoMemory = count_no_memory() == SQLITE_OK
}
