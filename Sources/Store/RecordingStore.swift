package import GRDB
import Glibc
package import Model

/// The file that a recorder writes. One thread at a time; the caller holds the file's lock.
package final class RecordingStore {
    /// The most changes that one transaction holds.
    package static let transactionCapacity = 50_000

    /// Where the file is.
    package let path: String
    /// The one connection; for reading what is being written, and for tests.
    package let database: DatabaseQueue
    // Declared after `database`, and let go before it closes: SQLite keeps a file open until its
    // last statement is gone.
    private var writer: ChangeWriter?
    private var recording: Int64?
    /// The file as it was opened; nil where it is none.
    private let opened: FileFacts?
    /// What had to make room for the file, until a recording tells of it.
    var earlier: Displaced?
    /// What keeps the file small; nil: nothing is pruned.
    var keeper: RetentionKeeper?

    /// Opens or makes the file, and brings it to this program's schema. A file of another program
    /// or of a later version is refused unchanged.
    package convenience init(path: String) throws {
        try self.init(path: path, migrations: Migration.embedded)
    }

    /// As `init(path:)`, with other migrations: for tests.
    package init(path: String, migrations: [Migration]) throws {
        self.path = path
        _ = SQLiteLibrary.countsNoMemory
        database = try StoreError.translating("open", path) {
            try Self.refuseOthers(path: path, migrations)
            let database = try DatabaseQueue(path: path, configuration: Self.configuration)
            try RecordingMigrator(migrations).migrate(database)
            return database
        }
        opened = FileFacts(path: path)
    }

    deinit {
        writer = nil
        try? database.close()
    }

    /// Starts a recording, closes what an earlier one left open, and says where to count on.
    package func begin(_ recording: RecordingRecord) throws -> NextIdentifiers {
        try StoreError.translating("write", path) {
            try database.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL")
                if writer == nil { writer = try ChangeWriter(database) }
            }
            let start = try database.write {
                try RecordingStart(database: $0).begin(recording, after: earlier)
            }
            self.recording = start.id
            earlier = nil
            try keeper?.begin(start.id, interval: recording.intervalMicroseconds, writer, database)
            return start.next
        }
    }

    /// Writes a sample and what it changed, all or nothing; more than `transactionCapacity`
    /// changes go into several transactions, and the sample counts as incomplete until the last.
    package func write(_ sample: SampleRecord?, changes: [Change]) throws {
        guard let recording, let writer else { throw notRecording }
        try refuseDisplacement()
        try keeper?.makeRoom(database)
        let capacity = keeper?.transactionCapacity ?? Self.transactionCapacity
        let processes = changes.filter(\.isProcess)
        var rest = changes[...]
        var owed = processes[...]
        var isFirst = true
        repeat {
            let first = owed.prefix(capacity)
            let second = rest.prefix(capacity - first.count)
            let isLast = first.count == owed.count && second.count == rest.count
            try transaction {
                if var sample, isFirst || isLast {
                    sample.complete = sample.complete && isLast
                    try writer.write(sample, recording: recording)
                }
                // Other rows refer to processes.
                for change in first { try writer.write(change, recording: recording) }
                for change in second where !change.isProcess {
                    try writer.write(change, recording: recording)
                }
            }
            keeper?.prune(database)
            isFirst = false
            owed = owed.dropFirst(first.count)
            rest = rest.dropFirst(second.count)
        } while !owed.isEmpty || !rest.isEmpty
    }

    /// Ends the recording: what is still there becomes right-censored. Leaves one plain file, which
    /// others can read without write access to its folder.
    package func end(atMicroseconds: Int64, reason: String) throws {
        guard let recording else { throw notRecording }
        try StoreError.translating("write", path) {
            try database.write {
                _ = try RecordingCloser(database: $0).close(
                    recording: recording, at: atMicroseconds, reason: reason)
            }
            self.recording = nil
            writer = nil
            settle()
        }
    }

    /// Leaves one plain file. A reader that is still there keeps the log: it is whole with it, so
    /// no error.
    func settle() {
        let isDisplaced = isDisplaced
        database.writeWithoutTransaction { database in
            _ = try? database.checkpoint(.truncate)
            // Beside another file at the path, the log to be removed may be of that one.
            if !isDisplaced { try? database.execute(sql: "PRAGMA journal_mode = DELETE") }
        }
    }

    /// Octets of the database with what its write-ahead log still holds: what the file will take.
    package var fileBytes: Int64? {
        // Not `read`: that switches `query_only`, upon which SQLite prepares each statement anew.
        try? database.unsafeRead { database in
            try Int64.fetchOne(
                database.cachedStatement(
                    sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
        }
    }

    /// Octets of the write-ahead log.
    package var logBytes: Int64? { FileFacts(path: path + "-wal")?.bytes }

    /// SQLite would go on writing to a file that nobody can find any more.
    private func refuseDisplacement() throws {
        if isDisplaced { throw StoreError.displaced("write", path) }
    }

    private var isDisplaced: Bool {
        guard let opened else { return false }
        guard let facts = FileFacts(path: path) else { return true }
        return !facts.isSameFile(as: opened)
    }

    private func transaction(_ body: () throws -> Void) throws {
        do {
            try StoreError.translating("write", path) {
                try database.writeWithoutTransaction { database in
                    try database.inTransaction(.immediate) {
                        try body()
                        return .commit
                    }
                }
            }
        } catch {
            writer?.forget()
            throw error
        }
    }

    private var notRecording: StoreError {
        StoreError(
            .refused, "write", path, "no recording has begun", try: "beginning one first")
    }

    private static func refuseOthers(path: String, _ migrations: [Migration]) throws {
        guard let facts = FileFacts(path: path), facts.bytes > 0 else { return }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? database.close() }
        switch try database.read({ try FileState($0) }) {
        case .empty: return
        case .foreign: throw StoreError.foreign("record into", path)
        case .recording(let version):
            guard version <= migrations.count else {
                throw StoreError.newer("record into", path, version: version)
            }
            // A schema of an earlier version is its migrations' own.
            let migrations = Array(migrations.prefix(Int(clamping: version)))
            let altered = try database.read {
                try OwnSchema(migrations).alteredObject(in: $0, forWriting: true)
            }
            if let altered {
                throw StoreError.altered("record into", path, object: altered)
            }
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // At 1000 pages SQLite tries a checkpoint with each commit; a reader that lasts lets
            // the log grow, and it shrinks again to the limit.
            // Only before the first table, and before the log, can pages be made to go back to the
            // file system.
            try database.execute(
                sql: """
                    PRAGMA auto_vacuum = INCREMENTAL;
                    PRAGMA synchronous = NORMAL;
                    PRAGMA foreign_keys = ON;
                    PRAGMA trusted_schema = OFF;
                    PRAGMA wal_autocheckpoint = 1000;
                    PRAGMA journal_size_limit = 67108864;
                    PRAGMA cache_size = -8000;
                    """)
        }
        return configuration
    }
}

extension Change {
    /// Whether it is a process, which other rows refer to.
    fileprivate var isProcess: Bool { if case .process = self { true } else { false } }
}
