import GRDB
import Model
import Testing

@testable import Store

@Suite("A connection's row")
struct PackingTests {
    private static let bounds: [Bounds] = [
        .unknown, Bounds(exactly: midnight + 7), Bounds(exactly: midnight - 90_000_000_000),
        Bounds(earliest: nil, latest: midnight + 40_000_000_000),
        Bounds(earliest: midnight + 3, latest: nil),
        Bounds(earliest: midnight - 2, latest: midnight + 1_000_000),
    ]

    private func text(_ number: Int64?) -> String { number.map(String.init) ?? "" }
    private func text(_ bounds: Bounds) -> String {
        text(bounds.earliest) + "|" + text(bounds.latest)
    }

    /// What each combination of known and unknown moments comes back as.
    @Test("Every moment comes back as it was told, whatever of it is unknown", arguments: bounds)
    func moments(attempted: Bounds) throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var changes: [Change] = []
        var expected: [String] = []
        for opened in Self.bounds {
            for closed in Self.bounds {
                for wait in Self.bounds {
                    var record = ConnectionRecord.example(Int64(changes.count + 1))
                    record.attempted = attempted
                    record.opened = opened
                    record.closed = closed
                    record.timeWait = TimeWaitRecord(entered: wait, firstSample: 4)
                    record.timeWait?.left = closed
                    changes.append(changes.count % 2 == 0 ? .alive(record) : .ended(record))
                    expected.append(
                        [attempted, opened, closed, wait, closed].map(text).joined(separator: "|"))
                }
            }
        }
        try store.write(.example(1, next: 1_000), changes: changes)
        #expect(
            try store.database.lines(
                """
                SELECT attempted_min_us, attempted_max_us, opened_min_us, opened_max_us,
                  closed_min_us, closed_max_us, tw_entered_min_us, tw_entered_max_us,
                  tw_left_min_us, tw_left_max_us
                FROM stored_connection ORDER BY connection_id
                """) == expected)
    }

    @Test("Ports, roles, names of ends and numbers come back as they were told")
    func ends() throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var changes: [Change] = []
        var expected: [String] = []
        for role in [Role.unknown, .client, .server] {
            for (local, peer) in [(0, 65_535), (65_535, 0), (32_768, 443), (22, 22)] {
                var record = ConnectionRecord.example(Int64(changes.count + 1))
                record.role = role
                record.tuple.local.port = UInt16(local)
                record.tuple.peer.port = UInt16(peer)
                record.tuple.interface = 3
                record.uid = 4_294_967_294
                record.closedBy = .both
                record.closeKind = .unreachable
                record.state = TCPState(rawValue: 200)
                record.timeWait = TimeWaitRecord(entered: .unknown, firstSample: 9)
                record.timeWait?.restarts = 5
                record.timeWait?.endedBy = .noRoom
                record.lastSample = 700
                expected.append(
                    "\(role.rawValue)|\(local)|\(peer)|3|4294967294|3|8|200|5|5|1|700|9")
                changes.append(.ended(record))
            }
        }
        try store.write(.example(1, next: 1_000), changes: changes)
        #expect(
            try store.database.lines(
                """
                SELECT role, local_port, peer_port, interface, uid, closed_by, close_kind, state,
                  tw_restarts, tw_ended_by, first_sample, last_sample, tw_first_sample
                FROM stored_connection ORDER BY connection_id
                """) == expected)
    }

    @Test("The most descriptors that a host allows come back", arguments: [0, 1, 2_466_177, .max])
    func descriptors(maximum: Int64) throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var sample = SampleRecord.example(1, next: 1)
        sample.fileHandles = FileHandleCounts(allocated: 7, unused: 0, maximum: maximum)
        try store.write(sample, changes: [])
        #expect(try store.database.lines("SELECT maximum FROM fd_counts") == ["\(maximum)"])
    }

    @Test("Connections between the same ends share what repeats")
    func shared() throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        let changes = (1...40).map { number -> Change in
            var record = ConnectionRecord.example(Int64(number), port: UInt16(40_000 + number))
            record.role = .client
            return .ended(record)
        }
        try store.write(.example(1, next: 41), changes: changes)
        #expect(try store.database.lines("SELECT count(*) FROM side") == ["1"])
        #expect(
            try store.database.lines(
                "SELECT count(DISTINCT local_port), min(peer_port), max(peer_port) "
                    + "FROM connections") == ["40|443|443"])
    }
}
