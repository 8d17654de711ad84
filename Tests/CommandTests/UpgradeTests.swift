import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("Recordings of other versions")
struct UpgradeTests {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder.file("tape.sqlite")
    }

    /// A recorder of a version with these migrations has taken three samples, with one connection.
    private func store(_ migrations: [Migration]) throws -> RecordingStore {
        let store = try RecordingStore(path: path, migrations: migrations)
        let start: Int64 = 1_795_392_000_000_000
        _ = try store.begin(
            RecordingRecord(
                uuid: "one", host: "host", bootID: "boot", kernel: "6.18", version: "other",
                intervalMicroseconds: 1_000_000, startedMicroseconds: start))
        let end = FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x0a00_0001), 40_000),
            peer: Endpoint(IPAddress(ipv4: 0x0a00_0002), 443))
        var record = ConnectionRecord(id: 1, netns: 1, tuple: end, cookie: 9, state: .established)
        record.opened = Bounds(earliest: start + 500_000, latest: start + 500_000)
        record.firstSample = 1
        for number in 1...3 as ClosedRange<Int64> {
            try store.write(
                SampleRecord(
                    id: number, sampledMicroseconds: start + number * 1_000_000, nextConnection: 2),
                changes: number == 1 ? [.alive(record)] : [])
        }
        return store
    }

    private func query(_ sql: String) throws -> [String] {
        try Command.socktape("sql", sql, "--format", "csv", db: path).output
            .split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }

    @Test("one of an earlier version is brought up to date by recording, with all that it holds")
    func earlier() throws {
        _ = try store([try #require(Migration.embedded.first)])
        let refused = try Command.socktape("report", "summary", db: path)
        #expect(refused.code == 65)
        #expect(refused.complaints.count == 1, "\(refused.complaint)")
        #expect(refused.complaint.contains("an earlier socktape wrote it"))
        #expect(refused.complaint.contains("try recording into it once"))

        let recorded = try Command.socktape(
            "record", "--capture", "dumps", "--duration", "50ms", db: path)
        #expect(recorded.code == 0, "\(recorded.complaint)")
        #expect(try query("SELECT count(*) FROM samples WHERE recording_id = 1") == ["3"])
        #expect(
            try query("SELECT peer_address, censoring FROM lifetimes WHERE recording_id = 1")
                == ["10.0.0.2,right"])
        #expect(try query("SELECT end_reason FROM recordings") == ["host restarted", "stopped"])
        #expect(try Command.socktape("check", db: path).code == 0)
        let report = try Command.socktape("report", "summary", "--since", "start", db: path)
        #expect(report.code == 0, "\(report.complaint)")
    }

    @Test("one of a later version is refused by every command while it is recorded, untouched")
    func later() throws {
        let next = Migration(name: "later", sql: "CREATE TABLE later (x INTEGER) STRICT;")
        let running = try store(Migration.embedded + [next])
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        for words in [
            ["report", "summary"], ["at", "end"], ["sql", "SELECT 1"], ["status"], ["findings"],
            ["export", "--output", folder.file("out")], ["check"], ["record", "--duration", "1s"],
            ["prune", "--keep", "1d"], ["connections"],
        ] {
            let outcome = try Command.socktape(words: words, db: path)
            #expect(outcome.code == 65, "\(words): \(outcome.complaint)")
            #expect(outcome.complaint.contains("a later socktape wrote it"), "\(outcome.complaint)")
            #expect(outcome.complaints.count == 1, "\(words): \(outcome.complaint)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(!folder.names.contains("out"))
        withExtendedLifetime(running) {}
    }
}
