import GRDB
import Glibc
import Model

/// What stood where a recording was to go on.
package struct Displaced: Equatable, Sendable {
    /// Where the damaged file is now.
    package let path: String
    /// What is broken, in SQLite's words.
    package let proof: String
    /// When it was last written, µs since 1970.
    package let writtenMicroseconds: Int64
}

extension RecordingStore {
    /// Files up to this length are looked through where their recorder did not close them: that
    /// takes a second at most.
    private static let soundedBytes: Int64 = 256 << 20

    /// Opens or makes the file. One of ours that is proven broken is given another name first, never
    /// that of another file, and a new one takes its place. Whatever else is in the way (a lock, an
    /// error of the disk, a permission, another program's file) is thrown, and nothing is moved.
    ///
    /// The caller holds the file's lock, which stays with the file that was moved: after a move it
    /// takes the new one.
    package static func open(
        replacingDamaged path: String, now: Int64
    ) throws -> (store: RecordingStore, displaced: Displaced?) {
        do {
            try sound(path)
            let store = try RecordingStore(path: path)
            try StoreError.translating("read", path) {
                try store.database.writeWithoutTransaction {
                    try RecordingStart(database: $0).rehearse()
                }
            }
            return (store, nil)
        } catch let error as StoreError where isProof(error, path) {
            let displaced = try setAside(path, proof: error.reason, now: now)
            let store = try RecordingStore(path: path)
            store.earlier = displaced
            return (store, displaced)
        }
    }

    /// The recordings that nobody ended, by their number.
    package func unended() throws -> [Int64] {
        try StoreError.translating("read", path) {
            try database.read {
                try Int64.fetchAll(
                    $0, sql: "SELECT recording_id FROM recording WHERE ended_us IS NULL")
            }
        }
    }

    /// Reads what a start reads, without changing the file; where the last recorder did not close
    /// it, and looking through it takes no time, every page.
    private static func sound(_ path: String) throws {
        guard let facts = FileFacts(path: path), facts.bytes > 0 else { return }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        try StoreError.translating("read", path) {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? database.close() }
            // Without a transaction: SQLite does not commit one that met a broken page.
            try database.unsafeRead { database in
                guard case .recording = try FileState(database) else { return }
                let isClosed = try RecordingStart(database: database).isClosed()
                guard !isClosed, facts.bytes <= soundedBytes else { return }
                let fault = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
                guard fault == "ok" else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: fault)
                }
            }
        }
    }

    /// Whether an error says that pages of a file of ours are broken. What SQLite calls a malformed
    /// schema may be sound pages that somebody wrote.
    private static func isProof(_ error: StoreError, _ path: String) -> Bool {
        guard error.kind == .damaged || error.kind == .notADatabase else { return false }
        guard !error.reason.hasPrefix("malformed database schema") else { return false }
        return FileFacts.applicationID(path: path) == RecordingMigrator.applicationID
    }

    /// Gives the file and its log another name. The file goes first: were it the log, and the power
    /// failed between, the file would be taken for a whole one.
    ///
    /// `unsafe` is for C functions that take a path, which lives as long as the call.
    private static func setAside(_ path: String, proof: String, now: Int64) throws -> Displaced {
        let written = ["", "-wal"].compactMap { FileFacts(path: path + $0)?.modified }.max()
        let base = "\(path).damaged-\(stamp(now))"
        var target = base
        var number = 2
        while !(try move(path, to: target)) {
            guard number < 1000 else { throw StoreError(errno: EEXIST, "set aside", path) }
            target = "\(base)-\(number)"
            number += 1
        }
        for ending in ["-wal", "-shm"] { _ = try? move(path + ending, to: target + ending) }
        return Displaced(path: target, proof: proof, writtenMicroseconds: written ?? now)
    }

    /// False where the name is taken.
    private static func move(_ path: String, to target: String) throws -> Bool {
        if unsafe link(path, target) == 0 {
            guard unsafe unlink(path) == 0 else {
                throw StoreError(errno: errno, "set aside", path)
            }
            return true
        }
        switch errno {
        case EEXIST: return false
        case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: break
        default: throw StoreError(errno: errno, "set aside", path)
        }
        // A file system without hard links.
        guard FileFacts(path: target) == nil else { return false }
        guard unsafe rename(path, target) == 0 else {
            throw StoreError(errno: errno, "set aside", path)
        }
        return true
    }

    /// UTC, as in 20261123T031200Z.
    private static func stamp(_ microseconds: Int64) -> String {
        let text = CivilTime(microseconds: microseconds).text(fractionDigits: 0, separator: "T")
        return text.filter { $0 != "-" && $0 != ":" } + "Z"
    }
}
