import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("Repairing a damaged recording")
struct SalvageTests {
    /// 40 samples.
    private static let connections = 8_000
    private let folder: TemporaryFolder
    private var path: String { folder.file() }
    private var mended: String { folder.file("mended.sqlite") }

    init() throws {
        folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        try Self.record(into: store)
        try store.end(atMicroseconds: midnight + 41_000_000, reason: "stopped")
    }

    /// 200 connections a sample, each gone at the next; every tenth has stays of its own, every
    /// process has its side.
    private static func record(into store: RecordingStore, samples: Range<Int64> = 1..<41) throws {
        _ = try store.begin(.example())
        for sample in samples {
            var changes: [Change] = []
            var counts = StateCounts()
            for place in 0..<Int64(200) {
                let id = (sample - 1) * 200 + place + 1
                var record = ConnectionRecord.example(id, port: UInt16(1024 + id))
                record.tuple.peer = Endpoint(IPAddress(ipv4: 0x0a00_0000 + UInt32(id % 900)), 443)
                record.opened = Bounds(exactly: midnight + sample * 1_000_000 - 500_000)
                record.closed = Bounds(exactly: midnight + sample * 1_000_000 + 500_000)
                record.firstSample = sample
                record.lastSample = sample
                record.closedBy = .local
                record.closeKind = .fin
                counts.add(.established)
                changes.append(.ended(record))
            }
            try store.write(
                .example(sample, next: sample * 200 + 1, counts: counts), changes: changes)
        }
    }

    private func root(of name: String) throws -> Int {
        let text = try DatabaseQueue(path: path).lines(
            "SELECT rootpage FROM sqlite_schema WHERE name = '\(name)'")
        return try #require(Int(text[0]))
    }

    /// The pages of a table or index, by what SQLite itself tells of them.
    private func pages(of name: String, _ kind: String) throws -> [Int] {
        try DatabaseQueue(path: path).lines(
            "SELECT pageno FROM dbstat WHERE name = '\(name)' AND pagetype = '\(kind)' "
                + "ORDER BY pageno"
        ).compactMap { Int($0) }
    }

    private func overwrite(_ page: Int, at offset: Int = 0, _ octets: [UInt8]) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.seek(toOffset: UInt64((page - 1) * 4096 + offset))
        try handle.write(contentsOf: Data(octets))
        try handle.close()
    }

    /// Repairs, and expects a file that check and SQLite find whole, and an old one as it was.
    private func repair() throws -> SalvageReport {
        let before = FileManager.default.contents(atPath: path)
        let report = try RecordingFile.salvage(path, into: mended)
        #expect(FileManager.default.contents(atPath: path) == before)
        #expect(report.findings == [])
        #expect(try RecordingFile.open(readingPath: mended).check() == [])
        #expect(try folder.mode("mended.sqlite") == 0o640)
        return report
    }

    private func table(_ name: String, of report: SalvageReport) throws -> SalvageReport.Table {
        try #require(report.tables.first { $0.name == name })
    }

    private func number(_ sql: String) throws -> Int {
        try #require(Int(DatabaseQueue(path: mended).lines(sql)[0]))
    }

    @Test("A sound one comes over whole, row for row")
    func sound() throws {
        let report = try repair()
        #expect(report.isWhole)
        for table in report.tables {
            let sql = "SELECT * FROM \(table.name)"
            #expect(
                try DatabaseQueue(path: mended).lines(sql)
                    == DatabaseQueue(path: path).lines(sql), "\(table.name)")
        }
        #expect(try table("ended_connection", of: report).salvaged == Self.connections)
    }

    @Test("A broken leaf costs its own rows, and no other")
    func leaf() throws {
        let leaf = try #require(pages(of: "ended_connection", "leaf").dropFirst(7).first)
        let cells = try DatabaseQueue(path: path).lines(
            "SELECT ncell FROM dbstat WHERE pageno = \(leaf)")
        try overwrite(leaf, [UInt8](repeating: 0xee, count: 4096))
        let report = try repair()
        let lost = try #require(Int(cells[0]))
        let table = try table("ended_connection", of: report)
        #expect(table.salvaged == Self.connections - lost)
        #expect(table.pagesLost == 1)
        #expect(table.lostAtMost == Int64(lost))
        // Its connections were in the table of one sample, or of two.
        #expect(1...2 ~= (try number("SELECT count(*) FROM samples WHERE complete = 0")))
    }

    @Test("A broken page above others costs nothing: what is below it is found")
    func interior() throws {
        for page in try pages(of: "ended_connection", "internal") {
            try overwrite(page, [UInt8](repeating: 0, count: 4096))
        }
        let report = try repair()
        let table = try table("ended_connection", of: report)
        #expect(table.salvaged == Self.connections)
        #expect(table.pagesLost >= 1)
    }

    @Test("A broken index costs nothing")
    func index() throws {
        try overwrite(try root(of: "sample_time"), [UInt8](repeating: 0xff, count: 4096))
        #expect(try RecordingFile.open(readingPath: path).check() != [])
        let report = try repair()
        #expect(try table("sample", of: report).salvaged == 40)
        #expect(try table("ended_connection", of: report).salvaged == Self.connections)
    }

    @Test("Addresses whose page is broken are found in their index")
    func addresses() throws {
        let leaf = try #require(pages(of: "address", "leaf").dropFirst().first)
        try overwrite(leaf, [UInt8](repeating: 0xee, count: 4096))
        _ = try repair()
        #expect(try number("SELECT count(*) FROM connections WHERE peer_address IS NULL") == 0)
        #expect(try number("SELECT count(DISTINCT peer_address) FROM connections") == 900)
    }

    @Test("Where the list of tables and the file's first octets are gone, all rows are found")
    func header() throws {
        try overwrite(1, [UInt8](repeating: 0, count: 4096))
        let report = try repair()
        #expect(try table("ended_connection", of: report).salvaged == Self.connections)
        #expect(report.notes.contains { $0.contains("list of its tables") })
    }

    @Test("Where the recording's own row is gone, its samples and connections tell of it")
    func recording() throws {
        try overwrite(try root(of: "recording"), [UInt8](repeating: 0xee, count: 4096))
        let report = try repair()
        #expect(try table("ended_connection", of: report).salvaged == Self.connections)
        #expect(
            try DatabaseQueue(path: mended).lines(
                "SELECT started_us, interval_us, ended_us, end_reason FROM recordings")
                == ["\(midnight)|1000000|\(midnight + 40_000_000)|crashed"])
        #expect(report.notes.contains { $0.contains("its host is lost") })
    }

    @Test("A file cut anywhere gives what is before the cut", arguments: [0.9, 0.6, 0.4])
    func truncated(share: Double) throws {
        let length = try #require(FileManager.default.contents(atPath: path)).count
        let cut = Int(Double(length) * share) | 77
        let kept = try DatabaseQueue(path: path).lines(
            "SELECT sum(ncell) FROM dbstat WHERE name = 'ended_connection' "
                + "AND pagetype = 'leaf' AND pageno <= \(cut / 4096)")
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.truncate(atOffset: UInt64(cut))
        try handle.close()
        let report = try repair()
        #expect(try table("ended_connection", of: report).salvaged == Int(kept[0]))
        #expect(!report.isWhole)
    }

    @Test("A page half of which is old gives only what is sound in it")
    func torn() throws {
        let leaves = try pages(of: "ended_connection", "leaf")
        let content = try #require(FileManager.default.contents(atPath: path))
        let other = content[leaves[3] * 4096 - 4096..<leaves[3] * 4096]
        // The second half of another page: cells that begin there are not this page's.
        try overwrite(leaves[9], at: 2048, Array(other.suffix(2048)))
        let report = try repair()
        #expect(try table("ended_connection", of: report).salvaged < Self.connections)
        // Nothing stands in two places, and nothing was invented.
        let old = try DatabaseQueue(path: path)
        let wrong = try old.unsafeReentrantRead { database in
            try database.execute(sql: "ATTACH '\(mended)' AS mended")
            return try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM mended.ended_connection
                    WHERE connection_id NOT BETWEEN 1 AND 8000
                      OR first_sample <> (connection_id - 1) / 200 + 1
                    """)
        }
        #expect(wrong == 0)
    }

    @Test("What a log holds is part of it, and a log that is cut gives its whole transactions")
    func log() throws {
        let other = folder.file("crashed.sqlite")
        let store = try RecordingStore(path: folder.file("running.sqlite"))
        try store.database.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        try Self.record(into: store)
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: folder.file("running.sqlite") + ending, toPath: other + ending)
        }
        let whole = try RecordingFile.salvage(other, into: mended)
        #expect(try table("ended_connection", of: whole).salvaged == Self.connections)
        let handle = try #require(FileHandle(forUpdatingAtPath: other + "-wal"))
        try handle.truncate(atOffset: try handle.seekToEnd() / 2)
        try handle.close()
        // SQLite's own reading of the same files.
        let kept = try DatabaseQueue(path: folder.copy(of: other)).lines(
            "SELECT count(*), max(sampled_us) FROM ended_connection, sample")
        let cut = try RecordingFile.salvage(other, into: folder.file("cut.sqlite"))
        #expect(cut.findings == [])
        #expect(cut.notes.contains { $0.contains("write-ahead log") })
        #expect(
            try DatabaseQueue(path: folder.file("cut.sqlite")).lines(
                "SELECT count(*), max(sampled_us) FROM ended_connection, sample") == kept)
        #expect(kept.first?.hasPrefix("0|") == false)
    }

    @Test("Rows that break a rule are left out and counted")
    func rules() throws {
        try DatabaseQueue(path: path).run(
            """
            UPDATE ended_connection SET opened_width = -2 WHERE connection_id = 7;
            INSERT INTO span VALUES (90000, 0, 8, 2, 2, NULL, NULL, NULL, NULL);
            UPDATE sample SET sampled_us = 1 WHERE sample_id = 20;
            """)
        let report = try repair()
        #expect(try table("ended_connection", of: report).leftOut == 1)
        #expect(try table("span", of: report).leftOut == 1)
        #expect(try table("sample", of: report).leftOut == 1)
    }

    @Test("A single wrong time costs its own sample, not all that follow")
    func order() throws {
        try DatabaseQueue(path: path).run(
            "UPDATE sample SET sampled_us = 9000000000000000 WHERE sample_id = 5")
        let report = try repair()
        #expect(try table("sample", of: report).salvaged == 39)
        #expect(try table("sample", of: report).leftOut == 1)
    }

    @Test("The new recording says that it was repaired")
    func told() throws {
        let leaf = try #require(pages(of: "ended_connection", "leaf").dropFirst(7).first)
        try overwrite(leaf, [UInt8](repeating: 0xee, count: 4096))
        _ = try repair()
        #expect(
            try DatabaseQueue(path: mended).lines(
                "SELECT recording_id, lost, reason FROM sources WHERE source = 'repair'")
                == ["1||carried over from a damaged file: rows left out 0, pages lost 1"])
    }

    @Test("What is no recording gives no file")
    func nothing() throws {
        try Data(repeating: 0x41, count: 20_000).write(to: URL(fileURLWithPath: path))
        #expect(storeError { _ = try RecordingFile.salvage(path, into: mended) }?.kind == .damaged)
        #expect(folder.names == ["recording.sqlite"])
    }

    @Test("A file that is there is never replaced")
    func exists() throws {
        try "mine".write(toFile: mended, atomically: true, encoding: .utf8)
        #expect(
            storeError { _ = try RecordingFile.salvage(path, into: mended) }?.kind == .targetExists)
        #expect(try String(contentsOfFile: mended, encoding: .utf8) == "mine")
    }

    @Test("Whatever a disk changed, what comes out is sound or nothing comes out")
    func random() throws {
        let whole = try #require(FileManager.default.contents(atPath: path))
        var random = SplitMix(state: 7)
        for round in 0..<6 {
            var octets = whole
            for _ in 0..<(1 << round) {
                let place = Int.random(in: 0..<octets.count / 512, using: &random) * 512
                for offset in 0..<512 {
                    octets[place + offset] = UInt8.random(in: 0...255, using: &random)
                }
            }
            try octets.write(to: URL(fileURLWithPath: path))
            let target = folder.file("random-\(round)")
            guard let report = try? RecordingFile.salvage(path, into: target) else { continue }
            #expect(report.findings == [], "round \(round)")
        }
    }
}

/// The same numbers each time (Steele, Lea, Flood 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension TemporaryFolder {
    /// A copy with its log.
    fileprivate func copy(of path: String) throws -> String {
        let copy = path + "-copy"
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
        }
        return copy
    }
}
