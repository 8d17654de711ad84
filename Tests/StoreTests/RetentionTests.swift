import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("Keeping a recording small")
struct RetentionTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func findings() throws -> [String] {
        try RecordingFile.open(readingPath: folder.file()).check().map {
            "\($0.rule): \($0.detail)"
        }
    }

    /// A night of so many samples, ended.
    private func night(_ tide: Tide = Tide(), samples: Int64 = 1000) throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var tide = tide
        try tide.record(samples, into: store)
        try store.end(atMicroseconds: tide.moment(samples) + 1, reason: "stopped")
    }

    private func plan(_ policy: RetentionPolicy, now: Int64) throws -> (PrunePlan, PruneReport) {
        let file = try RecordingFile.open(readingPath: folder.file())
        defer { withExtendedLifetime(file) {} }
        return try file.database.read { database in
            let plan = try PrunePlan(policy, database, path: folder.file(), now: now)
            return (plan, try plan.report(database))
        }
    }

    private static let tables = [
        "sample", "namespace_sample", "missed", "ended_connection", "live_connection", "span",
        "further_owner", "listener", "datagram_socket", "descriptor_span", "process", "side",
        "address",
    ]

    private func detailRows() throws -> Int64 {
        let file = try RecordingFile.open(readingPath: folder.file())
        defer { withExtendedLifetime(file) {} }
        return try file.database.read { database in
            try Self.tables.reduce(0) {
                try $0 + (Int64.fetchOne(database, sql: "SELECT count(*) FROM \($1)") ?? 0)
            }
        }
    }

    @Test("While it is recorded a file never takes more than its size, and is whole throughout")
    func cap() throws {
        let cap = RetentionPolicy.smallestSize
        let store = try RecordingStore(path: folder.file())
        var notices: [String] = []
        store.retain(RetentionPolicy(maxBytes: cap)) { notices.append($0) }
        _ = try store.begin(.example())
        var tide = Tide(step: 1_000_000, rate: 120)
        var largest: Int64 = 0
        for sample in 1...900 {
            let (record, changes) = tide.advance()
            try store.write(record, changes: changes)
            largest = max(largest, folder.bytes())
            if sample % 450 == 0 { #expect(try findings() == []) }
        }
        #expect(largest <= cap + cap / 20, "\(largest)")
        // It is nearly used up, and the newest is there.
        #expect(largest > cap / 100 * 85, "\(largest)")
        #expect(notices == [])
        let kept = try store.database.lines(
            "SELECT max(sample_id) - min(sample_id) > 60, max(sample_id) FROM sample")
        #expect(kept == ["1|900"])
        try store.end(atMicroseconds: tide.moment(901), reason: "stopped")
        #expect(try findings() == [])
        #expect(
            try DatabaseQueue(path: folder.file()).lines(
                "SELECT part, reason, rows > 50000, bytes > 4000000 FROM prunings")
                == ["details|size|1|1"])
    }

    @Test("Details go with their age while it is recorded, and their room goes back")
    func age() throws {
        let store = try RecordingStore(path: folder.file())
        store.retain(RetentionPolicy(keepMicroseconds: 3_600_000_000)) { _ in }
        _ = try store.begin(.example())
        var tide = Tide(rate: 50, ebb: 900)
        var largest: Int64 = 0
        for _ in 0..<1500 {
            let (record, changes) = tide.advance()
            try store.write(record, changes: changes)
            largest = max(largest, folder.bytes())
        }
        let oldest = try store.database.lines("SELECT min(sampled_us) FROM samples")
        let first = try #require(Int64(oldest[0]))
        // 360 samples of an hour, and at most one minute's more.
        #expect(first <= tide.moment(1500 - 360))
        #expect(first >= tide.moment(1500 - 360 - 61))
        // Connection 1 was over before that, connection 2 is still there since the first sample.
        #expect(
            try store.database.lines(
                "SELECT connection_id, opened_us FROM connections WHERE connection_id <= 2")
                == ["2|\(tide.moment(1) - 5_000_001)"])
        // 360 + 61 samples of 50 connections of some hundred octets; all would be 8 MB.
        #expect(largest < 7_000_000, "\(largest)")
        try store.end(atMicroseconds: tide.moment(1501), reason: "stopped")
        #expect(try findings() == [])
    }

    @Test("A dry run says to the row what then goes, and the file shrinks by about what it said")
    func dryRun() throws {
        try night(Tide(rate: 40, ebb: 700))
        let tide = Tide()
        let policy = RetentionPolicy(keepMicroseconds: 400 * tide.step)
        let before = (rows: try detailRows(), bytes: folder.bytes())
        let (plan, report) = try plan(policy, now: tide.moment(1000))
        #expect(try detailRows() == before.rows)
        #expect(report.from == tide.moment(1))
        #expect(report.until == tide.moment(600))
        let store = try RecordingStore(path: folder.file())
        var told: Int64 = 0
        try store.prune(plan, now: tide.moment(1000)) { rows, _ in told = rows }
        #expect(before.rows - (try detailRows()) == report.rows.reduce(0, +))
        let shrunk = Double(before.bytes - folder.bytes())
        #expect(shrunk > Double(plan.bytes) * 0.75 && shrunk < Double(plan.bytes) * 1.25)
        #expect(try findings() == [])
        // No row is left that nothing names.
        let (_, after) = try self.plan(policy, now: tide.moment(1000))
        #expect(after.rows.reduce(0, +) == 0)
        #expect(told == report.rows.reduce(0, +) - report.rows[0] - report.rows[1])
    }

    @Test("By hand a file goes below a size")
    func sizeByHand() throws {
        try night(Tide(rate: 100))
        let before = folder.bytes()
        let (plan, _) = try plan(RetentionPolicy(maxBytes: before / 2), now: midnight)
        try RecordingStore(path: folder.file()).prune(plan, now: midnight) { _, _ in }
        #expect(folder.bytes() <= before / 2)
        #expect(folder.bytes() > before / 3)
        #expect(try findings() == [])
    }

    @Test("What outlasted the horizon stays whole, and what is there at a later sample is shown")
    func whole() throws {
        try night(Tide(ebb: 700))
        let tide = Tide()
        let question = """
            SELECT * FROM connections WHERE connection_id <= 2
            """
        let table = """
            SELECT state, connection_id FROM socket_table WHERE sample_id = 601
            ORDER BY state, connection_id
            """
        let before = try DatabaseQueue(path: folder.file()).lines(question)
        let sockets = try DatabaseQueue(path: folder.file()).lines(table)
        let (plan, _) = try plan(
            RetentionPolicy(keepMicroseconds: 400 * tide.step), now: tide.moment(1000))
        try RecordingStore(path: folder.file()).prune(plan, now: midnight) { _, _ in }
        #expect(before.count == 2)
        #expect(try DatabaseQueue(path: folder.file()).lines(question) == before)
        #expect(sockets.count > 20)
        #expect(try DatabaseQueue(path: folder.file()).lines(table) == sockets)
    }

    @Test("Killed after any step the file is whole, and the next run ends the work")
    func killed() throws {
        try night(Tide(ebb: 700), samples: 400)
        let tide = Tide()
        let policy = RetentionPolicy(keepMicroseconds: 100 * tide.step)
        let (plan, report) = try plan(policy, now: tide.moment(400))
        #expect(report.rows[2] > 1400)
        let store = try RecordingStore(path: folder.file())
        var steps = 0
        // What a kill would leave: the file and its log as they stand.
        try store.prune(plan, now: midnight) { _, _ in
            steps += 1
            let copy = try TemporaryFolder()
            for ending in ["", "-wal"]
            where FileManager.default.fileExists(
                atPath: folder.file() + ending)
            {
                try FileManager.default.copyItem(
                    atPath: folder.file() + ending, toPath: copy.file() + ending)
            }
            let found = try RecordingFile.open(readingPath: copy.file()).check()
            #expect(found == [], "step \(steps)")
            if steps % 4 == 2 {
                try RecordingStore(path: copy.file()).prune(plan, now: midnight) { _, _ in }
                #expect(try RecordingFile.open(readingPath: copy.file()).check() == [])
                let left = try DatabaseQueue(path: copy.file()).lines(
                    """
                    SELECT (SELECT count(*) FROM sample WHERE sample_id < 300),
                      (SELECT count(*) FROM stored_connection WHERE last_sample < 300),
                      (SELECT count(*) FROM side WHERE side_id NOT IN
                        (SELECT side_id FROM ended_connection))
                    """)
                #expect(left == ["0|0|0"], "step \(steps)")
            }
        }
        #expect(steps > 10)
    }

    @Test("A recorder that was killed while it pruned goes on with it")
    func resumed() throws {
        try night(samples: 400)
        // Samples went, what they showed did not.
        let database = try DatabaseQueue(path: folder.file())
        try database.run(
            """
            DELETE FROM namespace_sample WHERE sample_id < 300;
            DELETE FROM sample WHERE sample_id < 300;
            """)
        try database.close()
        let store = try RecordingStore(path: folder.file())
        store.retain(RetentionPolicy(keepMicroseconds: 30 * 86_400_000_000)) { _ in }
        let start = Tide().moment(401)
        _ = try store.begin(.example(uuid: "two", started: start))
        for id in 401...410 {
            try store.write(.example(Int64(id), next: 3000), changes: [])
        }
        let over = try store.database.lines(
            "SELECT count(*) FROM stored_connection WHERE last_sample < 300")
        #expect(over == ["0"])
        try store.end(atMicroseconds: start + 60_000_000, reason: "stopped")
        #expect(try findings() == [])
    }

    @Test("What is too large although all may go that can is said once, and writing is refused")
    func tooSmall() throws {
        let store = try RecordingStore(path: folder.file())
        var notices: [String] = []
        store.retain(RetentionPolicy(maxBytes: RetentionPolicy.smallestSize)) { notices.append($0) }
        _ = try store.begin(.example())
        var refused: StoreError?
        for sample in 1...40 where refused == nil {
            let first = Int64(sample - 1) * 5000 + 1
            let changes = (first..<first + 5000).map { id -> Change in
                var record = ConnectionRecord.example(id, port: UInt16(id % 60_000 + 1))
                record.firstSample = Int64(sample)
                record.opened = Bounds(exactly: midnight + Int64(sample) * 1_000_000)
                return .alive(record)
            }
            refused = storeError {
                try store.write(.example(Int64(sample), next: first + 5000), changes: changes)
            }
        }
        #expect(refused?.kind == .limited)
        #expect(folder.bytes() <= RetentionPolicy.smallestSize * 105 / 100)
        #expect(notices.count == 1)
        #expect(notices.first?.hasPrefix("cannot keep ") == true)
        #expect(
            try store.database.lines("SELECT source, count(*) FROM sources GROUP BY source")
                == ["retention|1"])
    }

    @Test("Hours go with their age, and a recording of which nothing is left goes with them")
    func hours() throws {
        try night(samples: 1000)
        let tide = Tide()
        let store = try RecordingStore(path: folder.file())
        let day: Int64 = 86_400_000_000
        store.retain(
            RetentionPolicy(keepMicroseconds: 3_600_000_000, keepRollupsMicroseconds: day)
        ) { _ in }
        let start = tide.moment(0) + 3 * day
        _ = try store.begin(.example(uuid: "two", started: start))
        for id in Int64(1001)...1030 {
            var sample = SampleRecord.example(id, next: 6000)
            sample.sampledMicroseconds = start + (id - 1000) * 1_000_000
            try store.write(sample, changes: [])
        }
        #expect(try store.database.lines("SELECT recording_id FROM recordings") == ["2"])
        #expect(try store.database.lines("SELECT * FROM hourly_connections").isEmpty)
        #expect(try store.database.lines("SELECT count(*) FROM hour_group") == ["0"])
        try store.end(atMicroseconds: start + 60_000_000, reason: "stopped")
        #expect(try findings() == [])
    }
}
