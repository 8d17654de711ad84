import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("A recorder that was killed")
struct CrashTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What kill -9 leaves: the file and its log as they are while the recorder still writes.
    private func crashed() throws -> String {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var closing = ConnectionRecord.example(2, port: 40001)
        closing.state = .closeWait
        closing.spans = [
            SpanRecord(state: .established, entered: closing.opened, firstSample: 1),
            SpanRecord(state: .closeWait, entered: Bounds(exactly: midnight + 9), firstSample: 2),
        ]
        closing.spans[0].left = Bounds(exactly: midnight + 9)
        closing.spans[0].lastSample = 1
        var waiting = ConnectionRecord.example(3, port: 40002)
        waiting.state = .timeWait
        waiting.closed = Bounds(exactly: midnight + 1_900_000)
        waiting.timeWait = TimeWaitRecord(
            entered: Bounds(exactly: midnight + 1_900_000), firstSample: 2)
        let listener = ListenerRecord(
            id: 1, netns: 1, local: Endpoint(IPAddress(ipv4: 0), 22), interface: 0, cookie: 7,
            firstSeen: midnight, firstSample: 1)
        try store.write(
            .example(1, next: 2), changes: [.alive(.example(1)), .listener(listener)])
        try store.write(.example(2, next: 4), changes: [.alive(closing), .alive(waiting)])
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: folder.file() + ending, toPath: folder.file("crashed.sqlite") + ending)
        }
        return folder.file("crashed.sqlite")
    }

    @Test("What was open is right-censored at the last sample, and the gap is told")
    func censored() throws {
        let store = try RecordingStore(path: try crashed())
        let next = try store.begin(.example(uuid: "two", started: midnight + 60_000_000))
        #expect(next.sample == 3)
        #expect(next.connection == 4)
        #expect(next.listener == 2)
        let database = store.database
        #expect(
            try database.lines("SELECT ended_us, end_reason FROM recordings WHERE recording_id = 1")
                == ["1795392002000000|crashed"])
        #expect(
            try database.lines("SELECT * FROM gaps")
                == ["2|1795392002000000|1795392060000000|crashed"])
        #expect(try database.lines("SELECT * FROM live_connection").isEmpty)
        #expect(
            try database.lines(
                """
                SELECT connection_id, closed_min_us, closed_max_us FROM connections
                ORDER BY connection_id
                """) == [
                    "1|1795392002000000|", "2|1795392002000000|",
                    "3|1795392001900000|1795392001900000",
                ])
        #expect(
            try database.lines(
                "SELECT sequence, last_sample, left_min_us, left_max_us FROM span")
                == ["0|1|1795392000000009|1795392000000009", "1|2|1795392002000000|"])
        #expect(
            try database.lines("SELECT left_min_us, left_max_us, ended_by FROM time_waits")
                == ["1795392002000000||open"])
        #expect(
            try database.lines("SELECT last_seen_us FROM listener") == ["1795392002000000"])
        #expect(
            try database.lines(
                """
                SELECT state, connection_id FROM socket_table WHERE sample_id = 2
                ORDER BY connection_id
                """) == ["LISTEN|", "ESTAB|1", "CLOSE-WAIT|2", "TIME-WAIT|3"])
    }

    @Test("A host that restarted is told apart from a crash")
    func restarted() throws {
        let store = try RecordingStore(path: try crashed())
        _ = try store.begin(
            .example(uuid: "two", bootID: "boot-2", started: midnight + 60_000_000))
        #expect(
            try store.database.lines("SELECT end_reason FROM recordings WHERE recording_id = 1")
                == ["host restarted"])
        #expect(try store.database.lines("SELECT reason FROM gaps") == ["host restarted"])
    }

    @Test("Steps of the clock count where the gap begins")
    func stepped() throws {
        let path = try crashed()
        try DatabaseQueue(path: path).run(
            "INSERT INTO clock_step VALUES (1, \(midnight + 5), 3000000, 3000000)")
        let store = try RecordingStore(path: path)
        _ = try store.begin(.example(uuid: "two", started: midnight + 60_000_000))
        #expect(
            try store.database.lines("SELECT from_us, until_us FROM gaps")
                == ["1795392005000000|1795392060000000"])
    }

    @Test("A clock that is behind the last recording changes neither order nor what it shows")
    func behind() throws {
        let store = try RecordingStore(path: try crashed())
        // 20 s after 1970; the crashed recording ended two seconds after midnight.
        let next = try store.begin(.example(uuid: "two", started: 20_000_000))
        let end: Int64 = 1_795_392_002_000_000
        #expect(next.axisStart == end + 1)
        #expect(
            try store.database.lines("SELECT started_us, started_at FROM recordings")
                == [
                    "1795392000000000|2026-11-23T00:00:00.000000Z",
                    "1795392002000001|1970-01-01T00:00:20.000000Z",
                ])
        #expect(
            try store.database.lines("SELECT * FROM gaps") == ["2|\(end + 1)|\(end + 1)|crashed"])
    }

    @Test("A start that fails leaves the crashed recording as it was")
    func failedStart() throws {
        let store = try RecordingStore(path: try crashed())
        // The same recording twice: its uuid is unique.
        let error = storeError { _ = try store.begin(.example(uuid: "one")) }
        #expect(error?.kind == .refused)
        #expect(try store.database.lines("SELECT count(*) FROM live_connection") == ["3"])
        #expect(
            try store.database.lines("SELECT ended_us IS NULL FROM recordings") == ["1"])
    }
}
