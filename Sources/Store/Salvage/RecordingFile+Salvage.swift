import GRDB
import Glibc

extension RecordingFile {
    /// Carries what can be read of a damaged recording into a new file, which keeps every rule that
    /// `check` knows and appears whole or not at all. The damaged file and its log are only read.
    /// `proceed` is called now and then; what it throws ends the work, and nothing remains of it.
    ///
    /// `unsafe` is for C functions that take a path, which lives as long as the call.
    package static func salvage(
        _ path: String, into target: String, proceed: @escaping () throws -> Void = {}
    ) throws -> SalvageReport {
        try examine(path)
        guard FileFacts(path: target) == nil else {
            throw StoreError(errno: EEXIST, "create", target)
        }
        let file = try PageFile(path: path)
        let migrations = try fittingMigrations(file, path)
        let part = "\(target).part-\(getpid())"
        defer { for ending in ["", "-journal", "-wal", "-shm"] { unsafe unlink(part + ending) } }
        try make(part, for: target)
        var report = try StoreError.translating("repair into", target) {
            let store = try RecordingStore(path: part, migrations: migrations)
            let report = try store.database.writeWithoutTransaction { database in
                try fill(database, from: file, proceed)
            }
            try RecordingMigrator().migrate(store.database)
            store.settle()
            return report
        }
        guard report.tables.contains(where: { $0.name == "recording" && $0.salvaged > 0 }) else {
            throw StoreError(
                .damaged, "repair", path, "no recording can be made out in it",
                try: "an earlier copy")
        }
        report.findings = try open(readingPath: part).check()
        try publish(part, as: target)
        return report
    }

    private static func fill(
        _ database: Database, from file: PageFile, _ proceed: @escaping () throws -> Void
    ) throws -> SalvageReport {
        // Nobody reads the file before it is whole, and then it goes to the disk at once.
        try database.execute(
            sql: """
                PRAGMA foreign_keys = OFF;
                PRAGMA synchronous = OFF;
                PRAGMA journal_mode = DELETE;
                PRAGMA journal_mode = MEMORY;
                """)
        var report = SalvageReport()
        try database.inTransaction {
            let salvage = try Salvage(file, into: database, proceed)
            try salvage.carry()
            try salvage.mend()
            report = salvage.report
            return .commit
        }
        return report
    }

    /// The schema of the damaged file, as far as its header tells; nothing is read from the file of
    /// another program or of a later version.
    private static func fittingMigrations(_ file: PageFile, _ path: String) throws -> [Migration] {
        let own = Migration.embedded
        guard let application = file.headerNumber(at: 68), let version = file.headerNumber(at: 60)
        else { return own }
        guard application == Int(RecordingMigrator.applicationID) else {
            throw StoreError.foreign("repair", path)
        }
        guard version <= own.count else {
            throw StoreError.newer("repair", path, version: Int64(version))
        }
        return version > 0 ? Array(own.prefix(version)) : own
    }
}
