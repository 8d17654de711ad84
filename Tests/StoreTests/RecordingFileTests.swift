import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("Opening a recording to read it")
struct RecordingFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ path: String) -> StoreError? {
        storeError { _ = try RecordingFile.open(readingPath: path) }
    }

    private func record() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        try store.write(.example(1, next: 2), changes: [.alive(.example(1))])
        try store.end(atMicroseconds: midnight + 2_000_000, reason: "stopped")
    }

    @Test("A recording can be read, and nothing that is run on it changes it")
    func reads() throws {
        try record()
        let file = try RecordingFile.open(readingPath: folder.file())
        #expect(try file.database.lines("SELECT count(*) FROM connections") == ["1"])
        #expect(throws: DatabaseError.self) {
            try file.database.unsafeRead { try $0.execute(sql: "DELETE FROM sample") }
        }
    }

    @Test("A recording can be read while it is being written")
    func readsWhileWriting() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        let file = try RecordingFile.open(readingPath: folder.file())
        try store.write(.example(1, next: 2), changes: [.alive(.example(1))])
        #expect(try file.database.lines("SELECT count(*) FROM connections") == ["1"])
    }

    @Test("A missing file is missing, also in a missing folder")
    func missing() {
        #expect(error(folder.file("none"))?.kind == .missing)
        #expect(error(folder.file("none/none"))?.kind == .missing)
        #expect(
            error(folder.file("none"))?.description
                == "cannot read \(folder.file("none")): No such file or directory; "
                + "try another path, or recording first")
        #expect(folder.names.isEmpty)
    }

    @Test("A folder cannot be read as a recording")
    func folderItself() { #expect(error(folder.path)?.kind == .unreadable) }

    @Test("An empty file is empty, also when it has a header")
    func empty() throws {
        try Data().write(to: URL(filePath: folder.file()))
        #expect(error(folder.file())?.kind == .empty)
        try DatabaseQueue(path: folder.file("header")).run(
            "CREATE TABLE t (a); DROP TABLE t;")
        #expect(error(folder.file("header"))?.kind == .empty)
    }

    @Test("A text file is not a database")
    func text() throws {
        try String(repeating: "words ", count: 1000)
            .write(toFile: folder.file(), atomically: true, encoding: .utf8)
        #expect(error(folder.file())?.kind == .notADatabase)
    }

    @Test("Another program's database is foreign")
    func foreign() throws {
        try DatabaseQueue(path: folder.file()).run("CREATE TABLE t (a)")
        #expect(error(folder.file())?.kind == .foreign)
    }

    @Test("A recording of another version is refused with a remedy")
    func versions() throws {
        try record()
        try DatabaseQueue(path: folder.file()).run("PRAGMA user_version = 99")
        #expect(error(folder.file())?.kind == .newer)
        try DatabaseQueue(path: folder.file()).run("PRAGMA user_version = 1")
        #expect(error(folder.file())?.kind == .older)
        #expect(
            error(folder.file())?.remedy
                == "recording into it once with this version, or reading it with that one")
    }

    @Test("A file whose schema is overwritten is damaged")
    func damaged() throws {
        try record()
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.file()))
        try handle.seek(toOffset: 100)
        try handle.write(contentsOf: Data(repeating: 0xff, count: 3000))
        try handle.close()
        #expect(error(folder.file())?.kind == .damaged)
    }
}
