import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("A copy of a recording")
struct SnapshotTests {
    let folder: TemporaryFolder
    let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        let changes = (1...30_000).map { Change.alive(.example(Int64($0))) }
        try store.write(.example(1, next: 30_001), changes: changes)
    }

    @Test("The copy is one whole file, though recording goes on while it is made")
    func consistent() throws {
        let file = try RecordingFile.open(readingPath: folder.file())
        let store = store
        var steps = 0
        try file.snapshot(to: folder.file("copy.sqlite")) { _, _ in
            steps += 1
            let id = Int64(20_000 + steps)
            try store.write(.example(1 + Int64(steps), next: id), changes: [.alive(.example(id))])
        }
        #expect(steps > 0)
        #expect(folder.names.filter { $0.hasPrefix("copy") } == ["copy.sqlite"])
        let copy = try RecordingFile.open(readingPath: folder.file("copy.sqlite"))
        #expect(try copy.database.lines("PRAGMA journal_mode") == ["delete"])
        #expect(try copy.database.lines("SELECT count(*) FROM sample") == ["1"])
        #expect(try copy.database.lines("SELECT count(*) FROM connections") == ["30000"])
        #expect(try copy.check().isEmpty)
        #expect(try folder.mode("copy.sqlite") == 0o640)
    }

    @Test("A file that is there is never overwritten")
    func exists() throws {
        try "mine".write(toFile: folder.file("copy"), atomically: true, encoding: .utf8)
        let file = try RecordingFile.open(readingPath: folder.file())
        let error = storeError { try file.snapshot(to: folder.file("copy")) }
        #expect(error?.kind == .targetExists)
        #expect(try String(contentsOfFile: folder.file("copy"), encoding: .utf8) == "mine")
    }

    @Test("A copy that is given up leaves nothing")
    func cancelled() throws {
        struct Cancelled: Error {}
        let file = try RecordingFile.open(readingPath: folder.file())
        let before = folder.names
        // The file has more pages than one step copies, else nothing could be given up.
        #expect(try Int(store.database.lines("PRAGMA page_count")[0]) ?? 0 > 256)
        #expect(throws: Cancelled.self) {
            try file.snapshot(to: folder.file("copy")) { done, total in
                if done < total { throw Cancelled() }
            }
        }
        #expect(folder.names == before)
    }

    @Test("A folder that is not there is an error")
    func noFolder() throws {
        let file = try RecordingFile.open(readingPath: folder.file())
        let error = storeError { try file.snapshot(to: folder.file("none/copy")) }
        #expect(error?.kind == .cannotCreate)
    }
}
