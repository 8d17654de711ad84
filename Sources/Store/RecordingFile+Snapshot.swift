import GRDB
import Glibc

extension RecordingFile {
    /// Copies the recording as it stands at one moment, also while recording goes on. The copy is
    /// one plain file; on failure nothing of it remains. `progress` is told pages done and pages
    /// in all; what it throws ends the copy.
    ///
    /// `unsafe` is for C functions that take a path, which lives as long as the call.
    package func snapshot(
        to target: String,
        progress: @escaping (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        guard FileFacts(path: target) == nil else {
            throw StoreError(errno: EEXIST, "create", target)
        }
        let part = "\(target).part-\(getpid())"
        defer { for ending in ["", "-journal", "-wal", "-shm"] { unsafe unlink(part + ending) } }
        try Self.make(part, for: target)
        try StoreError.translating("copy to", target) { try copy(to: part, progress) }
        try Self.publish(part, as: target)
    }

    private func copy(
        to part: String, _ progress: @escaping (Int, Int) throws -> Void
    ) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        let copy = try DatabaseQueue(path: part, configuration: configuration)
        defer { try? copy.close() }
        try database.read { source in
            // Within this transaction the source is one state, so that a backup in steps never
            // has to start again.
            _ = try Int64.fetchOne(source, sql: "SELECT count(*) FROM sqlite_schema")
            try copy.writeWithoutTransaction { destination in
                try source.backup(to: destination, pagesPerStep: 256) { state in
                    try progress(state.completedPageCount, state.totalPageCount)
                }
            }
        }
        // The pages came with the mark of a write-ahead log.
        try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    }

    /// Makes the file that a copy is written to, as open to others as a recording is.
    static func make(_ part: String, for target: String) throws {
        let descriptor = unsafe Glibc.open(part, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw StoreError(errno: errno, "create", target) }
        close(descriptor)
    }

    /// Gives a finished file its name, never another file's.
    static func publish(_ part: String, as target: String) throws {
        let descriptor = unsafe Glibc.open(part, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(errno: errno, "copy to", target) }
        let synced = fsync(descriptor)
        let number = errno
        close(descriptor)
        guard synced == 0 else { throw StoreError(errno: number, "copy to", target) }
        if unsafe link(part, target) == 0 { return }
        guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else {
            throw StoreError(errno: errno, "create", target)
        }
        // A file system without hard links.
        guard unsafe rename(part, target) == 0 else {
            throw StoreError(errno: errno, "create", target)
        }
    }
}
