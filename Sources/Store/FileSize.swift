import GRDB

/// What a recording takes of its file system, and what of it is in use.
struct FileSize: Equatable {
    /// SQLite's pages: all of them, and those that hold nothing.
    var pages: Int64
    var freePages: Int64
    var pageBytes: Int64
    /// The file and its log on the file system, octets. The file shrinks when the log is copied.
    var fileBytes: Int64
    var logBytes: Int64

    /// Asks SQLite and the file system.
    init(_ database: Database, path: String) throws {
        pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        freePages = try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        pageBytes = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
        fileBytes = FileFacts(path: path)?.bytes ?? 0
        logBytes = FileFacts(path: path + "-wal")?.bytes ?? 0
    }

    /// What a recorder cannot do without, octets.
    var usedBytes: Int64 { (pages - freePages) * pageBytes }
    /// All of it, with what a copy of the log will add, octets.
    var wholeBytes: Int64 { max(fileBytes, pages * pageBytes) + logBytes }
}
