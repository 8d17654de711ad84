import Foundation
import GRDB
import Testing

@Suite("Recording into a file that is damaged", .serialized)
struct DamagedStartTests {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder.file("tape.sqlite")
        try RecordedNight.record(into: path)
    }

    private func record() throws -> Command.Outcome {
        try Command.socktape(
            "record", "--capture", "dumps", "--interval", "20ms", "--duration", "50ms", db: path)
    }

    private func root(of name: String) throws -> Int {
        let database = try DatabaseQueue(path: path)
        return try database.read {
            try Int.fetchOne(
                $0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [name])
                ?? 0
        }
    }

    private func spoil(page: Int) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: UInt64((page - 1) * 4096))
        try handle.write(contentsOf: Data(repeating: 0xee, count: 4096))
        try handle.close()
    }

    private func lines(_ sql: String) throws -> [String] {
        let database = try DatabaseQueue(path: path)
        return try database.read { try String.fetchAll($0, sql: sql) }
    }

    @Test("It is set aside, never over another file, and the new one tells of it")
    func setAside() throws {
        try spoil(page: try root(of: "sample"))
        let damaged = try #require(FileManager.default.contents(atPath: path))
        let outcome = try record()
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let aside = try #require(folder.names.first { $0.contains(".damaged-") })
        #expect(aside.wholeMatch(of: #/tape\.sqlite\.damaged-\d{8}T\d{6}Z/#) != nil, "\(aside)")
        #expect(FileManager.default.contents(atPath: folder.file(aside)) == damaged)
        #expect(outcome.complaint.contains("the file is damaged"), "\(outcome.complaint)")
        #expect(outcome.complaint.contains(aside))
        #expect(
            try lines("SELECT reason FROM gaps") == ["the file was damaged and is now \(aside)"])
        #expect(try lines("SELECT until_us - from_us BETWEEN 0 AND 60000000 FROM gaps") == ["1"])
        #expect(try Command.socktape("check", db: path).code == 0)
        // What was set aside can be repaired.
        let mended = folder.file("mended.sqlite")
        let repair = try Command.socktape("check", "--repair", mended, db: folder.file(aside))
        #expect(repair.code == 0, "\(repair.complaint)")
        #expect(try Command.socktape("check", db: mended).code == 0)
    }

    @Test("Two in one second have names of their own")
    func twice() throws {
        for _ in 0..<2 {
            try spoil(page: try root(of: "sample"))
            #expect(try record().code == 0)
        }
        #expect(folder.names.filter { $0.contains(".damaged-") }.count == 2)
    }

    @Test("A file that was not closed is looked through, page by page")
    func unclosed() throws {
        let database = try DatabaseQueue(path: path)
        try database.write {
            try $0.execute(sql: "UPDATE recording SET ended_us = NULL, end_reason = NULL")
        }
        try database.close()
        // No start reads this table.
        try spoil(page: try root(of: "further_owner"))
        let outcome = try record()
        #expect(outcome.code == 0)
        #expect(folder.names.contains { $0.contains(".damaged-") })
    }

    @Test("A lock, an error of the disk and a permission move nothing")
    func others() throws {
        let whole = FileManager.default.contents(atPath: path)
        let holder = try DatabaseQueue(path: path)
        var locked = Command.Outcome(code: 0, output: "", complaint: "")
        try holder.writeWithoutTransaction { database in
            try database.inTransaction(.exclusive) {
                locked = try Command.socktape(
                    "record", "--capture", "dumps", "--duration", "50ms", db: path)
                return .rollback
            }
        }
        try holder.close()
        #expect(locked.code == 75, "\(locked.complaint)")
        // Under ThreadSanitizer a program begins with a file of its own in that folder, if there is one.
        let broken = try Command.shell(
            """
            trap '' XFSZ; ulimit -f 0; export TEST_TMPDIR=/nonexistent
            "$socktape" record --capture dumps --duration 50ms --db '\(path)' 2>&1 | cat
            exit ${PIPESTATUS[0]}
            """)
        #expect(broken.code == 74, "\(broken.output)\(broken.complaint)")
        chmod(folder.path, 0o755)
        let refused = try Command.shell(
            """
            chmod 444 '\(path)'
            setpriv --reuid 65534 --regid 65534 --clear-groups \\
              "$socktape" record --capture dumps --duration 50ms --db '\(path)'
            """)
        #expect(refused.code == 77, "\(refused.complaint)")
        #expect(!folder.names.contains { $0.contains(".damaged-") })
        #expect(FileManager.default.contents(atPath: path) == whole)
    }

    @Test("Another program's damaged file stays where it is")
    func foreign() throws {
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: "PRAGMA application_id = 7") }
        try database.close()
        try spoil(page: try root(of: "sample"))
        #expect(try record().code == 65)
        #expect(!folder.names.contains { $0.contains(".damaged-") })
    }
}
