import Foundation
import GRDB
import Migrations
import Testing

@testable import Store

@Suite("Schema of a recording")
struct MigrationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("The program holds every file of migrations/, octet for octet, in order")
    func embedded() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let directory = root.appending(path: "migrations")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { $0.hasSuffix(".sql") }.sorted()
        #expect(Migration.embedded.map { $0.name + ".sql" } == names)
        for (index, name) in names.enumerated() {
            let text = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
            #expect(Migration.embedded[index].sql == text)
            #expect(embedded_migration_at(index).bytes == text.utf8.count)
        }
    }

    @Test("A fresh file says what it is and how new")
    func fresh() throws {
        _ = try RecordingStore(path: folder.file())
        let database = try DatabaseQueue(path: folder.file())
        #expect(try database.lines("PRAGMA application_id") == ["1397703499"])
        #expect(try database.lines("PRAGMA user_version") == ["2"])
    }

    @Test("Opening a recording again changes nothing in its schema")
    func again() throws {
        _ = try RecordingStore(path: folder.file())
        let before = try schema()
        _ = try RecordingStore(path: folder.file())
        #expect(try schema() == before)
        #expect(before.count > 20)
    }

    @Test("A file brought up to date has the schema of a fresh one")
    func upgraded() throws {
        let first = try #require(Migration.embedded.first)
        _ = try RecordingStore(path: folder.file(), migrations: [first])
        #expect(try DatabaseQueue(path: folder.file()).lines("PRAGMA user_version") == ["1"])
        _ = try RecordingStore(path: folder.file())
        let upgraded = try schema()
        _ = try RecordingStore(path: folder.file("fresh.sqlite"))
        #expect(try schema("fresh.sqlite") == upgraded)
    }

    @Test("A migration that fails leaves the file as the one before it made it")
    func rolledBack() throws {
        _ = try RecordingStore(path: folder.file())
        let before = try schema()
        let broken = Migration(
            name: "003-broken", sql: "CREATE TABLE left_over (a INTEGER) STRICT; SELECT nonsense;")
        let error = storeError {
            _ = try RecordingStore(path: folder.file(), migrations: Migration.embedded + [broken])
        }
        #expect(error?.kind == .refused)
        #expect(try schema() == before)
        let database = try DatabaseQueue(path: folder.file())
        #expect(try database.lines("PRAGMA user_version") == ["2"])
    }

    @Test("A recording of a later version is refused and not touched")
    func newer() throws {
        let extra = Migration(name: "003-later", sql: "CREATE TABLE later (a INTEGER) STRICT;")
        do {
            let store = try RecordingStore(
                path: folder.file(), migrations: Migration.embedded + [extra])
            _ = try store.begin(.example())
            try store.end(atMicroseconds: midnight, reason: "stopped")
        }
        let before = try Data(contentsOf: URL(filePath: folder.file()))
        #expect(storeError { _ = try RecordingStore(path: folder.file()) }?.kind == .newer)
        #expect(try Data(contentsOf: URL(filePath: folder.file())) == before)
    }

    @Test("Another program's database is refused and not touched")
    func foreign() throws {
        try DatabaseQueue(path: folder.file()).run("CREATE TABLE t (a)")
        let before = try Data(contentsOf: URL(filePath: folder.file()))
        #expect(storeError { _ = try RecordingStore(path: folder.file()) }?.kind == .foreign)
        #expect(try Data(contentsOf: URL(filePath: folder.file())) == before)
        #expect(folder.names == ["recording.sqlite"])
    }

    @Test("A text file is refused and not touched")
    func text() throws {
        let text = String(repeating: "not a database\n", count: 100)
        try text.write(toFile: folder.file(), atomically: true, encoding: .utf8)
        let error = storeError { _ = try RecordingStore(path: folder.file()) }
        #expect(error?.kind == .notADatabase)
        #expect(try String(contentsOfFile: folder.file(), encoding: .utf8) == text)
    }

    @Test("An empty file becomes a recording")
    func empty() throws {
        try Data().write(to: URL(filePath: folder.file()))
        _ = try RecordingStore(path: folder.file())
        let database = try DatabaseQueue(path: folder.file())
        #expect(try database.lines("PRAGMA user_version") == ["2"])
    }

    private func schema(_ name: String = "recording.sqlite") throws -> [String] {
        try DatabaseQueue(path: folder.file(name)).lines(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
    }
}
