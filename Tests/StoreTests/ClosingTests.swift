import GRDB
import Model
import Testing

@testable import Store

@Suite("Regular closes, amendments and ends without a TIME-WAIT")
struct ClosingTests {
    private let folder: TemporaryFolder
    private let store: RecordingStore

    init() throws {
        folder = try TemporaryFolder()
        store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
    }

    /// A connection of 0.5 s to 1.5 s, closed in two steps, 300 ms and 100 ms before its end.
    private func closed(_ id: Int64, by closer: Closer) -> ConnectionRecord {
        var record = ConnectionRecord.example(id, port: 40_000 + UInt16(id))
        record.firstSample = nil
        record.closed = Bounds(exactly: midnight + 1_500_000)
        record.closedBy = closer
        record.closeKind = .fin
        record.closing = ClosingSteps(began: midnight + 1_200_000, half: midnight + 1_400_000)
        return record
    }

    private func wait(until end: TimeWaitEnd, entered: Int64 = 1_500_000) -> TimeWaitRecord {
        var wait = TimeWaitRecord(entered: Bounds(exactly: midnight + entered), firstSample: nil)
        wait.left = Bounds(exactly: midnight + entered + (end == .noRoom ? 0 : 60_000_000))
        wait.endedBy = end
        return wait
    }

    private func write(_ changes: Change...) throws {
        try store.write(.example(1, next: 9), changes: changes)
    }

    private func lines(_ sql: String) throws -> [String] {
        try store.end(atMicroseconds: midnight + 2_000_000, reason: "stopped")
        return try DatabaseQueue(path: folder.file()).lines(sql)
    }

    private let history = """
        SELECT connection_id, state, (entered_min_us - \(midnight)) / 1000,
          (entered_max_us - \(midnight)) / 1000, (left_min_us - \(midnight)) / 1000,
          (left_max_us - \(midnight)) / 1000
        FROM state_history ORDER BY connection_id, entered_max_us
        """

    @Test("The end that closes first passes through both FIN-WAITs, then waits")
    func local() throws {
        var record = closed(1, by: .local)
        record.timeWait = wait(until: .expired)
        try write(.ended(record))
        #expect(
            try lines(history) == [
                "1|ESTAB|500|500|1200|1200", "1|FIN-WAIT-1|1200|1200|1400|1400",
                "1|FIN-WAIT-2|1400|1400|1500|1500", "1|TIME-WAIT|1500|1500|61500|61500",
            ])
        #expect(try RecordingFile.open(readingPath: folder.file()).check() == [])
    }

    @Test("The end that closes last passes through CLOSE-WAIT and LAST-ACK")
    func peer() throws {
        var record = closed(1, by: .peer)
        record.opened = Bounds(earliest: midnight + 400_000, latest: midnight + 500_000)
        try write(.alive(record))
        try write(.ended(record))
        #expect(
            try lines(history) == [
                "1|ESTAB|400|500|1200|1200", "1|CLOSE-WAIT|1200|1200|1400|1400",
                "1|LAST-ACK|1400|1400|1500|1500",
            ])
    }

    @Test("FIN-WAIT-2 lasts until TIME-WAIT begins, though the full socket has ended")
    func orphan() throws {
        var record = closed(1, by: .local)
        record.closing = ClosingSteps(began: midnight + 1_400_000, half: midnight + 1_500_000)
        record.timeWait = wait(until: .expired, entered: 1_900_000)
        try write(.ended(record))
        #expect(
            try lines(history) == [
                "1|ESTAB|500|500|1400|1400", "1|FIN-WAIT-1|1400|1400|1500|1500",
                "1|FIN-WAIT-2|1500|1500|1900|1900", "1|TIME-WAIT|1900|1900|61900|61900",
            ])
    }

    @Test("Steps are stored as short times before the end")
    func small() throws {
        try write(.ended(closed(1, by: .peer)))
        #expect(
            try lines("SELECT closing_began, closing_half FROM ended_connection")
                == ["300000|100000"])
    }

    @Test("A connection that is written again has the stays of the last writing alone")
    func amended() throws {
        var record = closed(1, by: .peer)
        record.closing = nil
        record.firstSample = 1
        record.lastSample = 1
        for (index, state) in [TCPState.established, .closeWait, .lastAck].enumerated() {
            var stay = SpanRecord(
                state: state, entered: Bounds(exactly: midnight + Int64(index)), firstSample: nil)
            stay.left = Bounds(exactly: midnight + Int64(index) + 1)
            record.spans.append(stay)
        }
        try write(.ended(record))
        record.firstDirtySpan = 3
        try write(.ended(record))
        var shorter = record
        shorter.spans.removeLast()
        var regular = closed(2, by: .peer)
        regular.spans = record.spans
        regular.closing = nil
        try write(.ended(shorter), .alive(regular))
        regular.spans = []
        regular.firstDirtySpan = 0
        regular.closing = closed(2, by: .peer).closing
        try write(.ended(regular))
        #expect(
            try lines("SELECT connection_id, state FROM state_history ORDER BY 1, entered_max_us")
                == [
                    "1|ESTAB", "1|CLOSE-WAIT", "2|ESTAB", "2|CLOSE-WAIT", "2|LAST-ACK",
                ])
        #expect(
            try DatabaseQueue(path: folder.file()).lines(
                "SELECT connection_id, count(*) FROM span GROUP BY 1") == ["1|2"])
        #expect(try RecordingFile.open(readingPath: folder.file()).check() == [])
    }

    @Test("A close that found TIME-WAIT's table full has no stay there")
    func noRoom() throws {
        var record = closed(1, by: .local)
        record.timeWait = wait(until: .noRoom)
        try write(.ended(record))
        #expect(
            try lines("SELECT ended_by, duration_s, duration_max_s FROM time_waits")
                == ["no_room|0.0|0.0"])
        #expect(
            try DatabaseQueue(path: folder.file()).lines(
                "SELECT state FROM state_history ORDER BY entered_us")
                == ["ESTAB", "FIN-WAIT-1", "FIN-WAIT-2"])
        #expect(try RecordingFile.open(readingPath: folder.file()).check() == [])
    }

    @Test("An attempt that never left this host has neither port nor address where none was chosen")
    func notSent() throws {
        var record = ConnectionRecord(
            id: 1, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0), 0),
                peer: Endpoint(IPAddress(ipv4: 0x0a00_0002), 443)),
            cookie: 7, state: .synSent)
        record.attempted = Bounds(exactly: midnight + 100)
        record.closed = Bounds(exactly: midnight + 150)
        record.closeKind = .notSent
        var unknown = record
        unknown.id = 2
        unknown.tuple.peer = Endpoint(IPAddress(high: 0, low: 0), 0)
        try write(.ended(record), .ended(unknown))
        #expect(
            try lines(
                """
                SELECT family, local_address, local_port, peer_address, peer_port, close_kind
                FROM connections
                """) == ["ipv4|||10.0.0.2|443|not_sent", "ipv4|||||not_sent"])
        #expect(
            try DatabaseQueue(path: folder.file()).lines("SELECT * FROM lifetimes") == [])
    }
}
