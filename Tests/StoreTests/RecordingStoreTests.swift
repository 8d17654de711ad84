import Foundation
import GRDB
import GRDBSQLite
import Model
import Testing

@testable import Store

@Suite("Writing a recording")
struct RecordingStoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A file that was removed or replaced is not written any more, and that is an error")
    func displaced() throws {
        for replace in [false, true] {
            let path = folder.file("moved-\(replace).sqlite")
            let store = try RecordingStore(path: path)
            _ = try store.begin(.example())
            try store.write(.example(1, next: 1), changes: [])
            try FileManager.default.removeItem(atPath: path)
            if replace { try Data("another".utf8).write(to: URL(fileURLWithPath: path)) }
            let error = #expect(throws: StoreError.self) {
                try store.write(.example(2, next: 1), changes: [])
            }
            #expect(error?.kind == .displaced)
        }
    }

    @Test("SQLite compiles the statements of a recording once, not again with each sample")
    func compiledOnce() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var again: [CInt] = []
        for sample in Int64(1)...3 {
            try store.write(
                .example(sample, next: 1 + sample), changes: [.ended(.example(sample))])
            #expect(store.fileBytes != nil)
            again.append(store.database.inDatabase { Self.compiledAgain($0) })
        }
        #expect(again[0] == again[2])
    }

    /// How often SQLite compiled a statement anew, of all that there are.
    private static func compiledAgain(_ database: Database) -> CInt {
        var sum: CInt = 0
        var statement = sqlite3_next_stmt(database.sqliteConnection, nil)
        while let one = statement {
            sum += sqlite3_stmt_status(one, SQLITE_STMTSTATUS_REPREPARE, 0)
            statement = sqlite3_next_stmt(database.sqliteConnection, one)
        }
        return sum
    }

    @Test("An address that the file already has keeps its number when the recorder starts again")
    func knownAddresses() throws {
        let peers: [UInt32] = [0xc000_0201, 0xc000_0202, 0xc000_0201]
        for (index, id) in [Int64(1), 2].enumerated() {
            let store = try RecordingStore(path: folder.file())
            _ = try store.begin(
                .example(uuid: "\(id)", started: midnight + Int64(index) * 10_000_000))
            // The second recorder writes a new address and then the known one.
            let changes = peers.indices.filter { index == 0 ? $0 == 0 : $0 > 0 }.map { place in
                var record = ConnectionRecord.example(Int64(place) + 11)
                record.tuple.peer.address = IPAddress(ipv4: peers[place])
                return Change.ended(record)
            }
            try store.write(.example(id, next: 14), changes: changes)
            try store.end(atMicroseconds: midnight + 20_000_000, reason: "stopped")
        }
        let store = try RecordingStore(path: folder.file())
        #expect(
            try store.database.lines(
                "SELECT peer_address FROM connections ORDER BY connection_id")
                == ["192.0.2.1", "192.0.2.2", "192.0.2.1"])
        #expect(try store.database.lines("SELECT count(*) FROM address") == ["3"])
    }

    @Test("A sample's rows are there with the values that were given")
    func values() throws {
        let store = try RecordingStore(path: folder.file())
        #expect(try store.begin(.example()) == NextIdentifiers())
        var process = ProcessRecord(
            id: 1,
            facts: ProcessFacts(
                identity: ProcessIdentity(pid: 77, startTicks: 5), comm: "", uid: 1000),
            startedMicroseconds: midnight - 9, firstSeen: midnight)
        process.facts.executable = "/bin/sh"
        var connection = ConnectionRecord.example(1)
        connection.process = 1
        connection.uid = 1000
        connection.role = .client
        connection.bytesSent = .max - 1
        connection.tuple.peer = Endpoint(IPAddress(high: 0x2001_0db8 << 32, low: 1), 443)
        // The connection comes before the process that it refers to.
        try store.write(
            .example(1, next: 2), changes: [.alive(connection), .process(process)])
        let cells = try store.database.lines(
            """
            SELECT connection_id, transport, family, netns, interface, local_address, local_port,
              peer_address, peer_port, role, pid, comm, uid, cookie, state, opened_us, bytes_sent
            FROM connections
            """)
        #expect(
            cells == [
                "1|tcp|ipv4|1||10.0.0.1|40000|2001:db8::1|443|client|77||1000|101|ESTAB|"
                    + "1795392000500000|-2"
            ])
        #expect(try store.database.lines("SELECT comm IS NULL FROM process") == ["0"])
    }

    @Test("A connection that ended is no longer live, and its stays are kept")
    func ended() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var connection = ConnectionRecord.example(1)
        try store.write(.example(1, next: 2), changes: [.alive(connection)])
        connection.spans = [
            SpanRecord(state: .established, entered: connection.opened, firstSample: 1),
            SpanRecord(state: .closeWait, entered: Bounds(exactly: midnight + 9), firstSample: 2),
        ]
        try store.write(.example(2, next: 2), changes: [.alive(connection)])
        connection.firstDirtySpan = 1
        connection.spans[1].lastSample = 2
        connection.lastSample = 2
        connection.closed = Bounds(earliest: midnight + 2_000_000, latest: midnight + 3_000_000)
        try store.write(.example(3, next: 2), changes: [.ended(connection)])
        #expect(try store.database.lines("SELECT * FROM live_connection").isEmpty)
        #expect(
            try store.database.lines(
                "SELECT connection_id, last_sample, has_spans FROM stored_connection WHERE live = 0"
            )
                == ["1|2|1"])
        #expect(
            try store.database.lines("SELECT sequence, state, first_sample, last_sample FROM span")
                == ["0|1|1|", "1|8|2|2"])
    }

    @Test("A disk that is full leaves no half sample, and writing goes on when there is room")
    func full() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        try store.write(.example(1, next: 2), changes: [.alive(.example(1))])
        let pages = try store.database.lines("PRAGMA page_count")[0]
        try store.database.run("PRAGMA max_page_count = \(pages)")
        let changes = (2..<5000).map { id -> Change in
            var record = ConnectionRecord.example(Int64(id))
            record.tuple.local.address = IPAddress(ipv4: UInt32(id))
            return .alive(record)
        }
        let error = storeError { try store.write(.example(2, next: 5000), changes: changes) }
        #expect(error?.kind == .full)
        #expect(
            error?.description
                == "cannot write \(folder.file()): database or disk is full; "
                + "try making room on its disk, or recording to another one")
        #expect(try store.database.lines("SELECT count(*) FROM sample") == ["1"])
        #expect(try store.database.lines("SELECT count(*) FROM live_connection") == ["1"])
        try store.database.run("PRAGMA max_page_count = 1000000")
        try store.write(.example(2, next: 5000), changes: changes)
        #expect(try store.database.lines("SELECT count(*) FROM connections") == ["4999"])
        #expect(try store.database.lines("SELECT count(*) FROM address") == ["5000"])
    }

    @Test("More than 50,000 changes are all written, and can be written again")
    func many() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        let changes = (1...120_000).map { Change.alive(.example(Int64($0))) }
        try store.write(.example(1, next: 120_001), changes: changes)
        try store.write(.example(1, next: 120_001), changes: changes)
        #expect(try store.database.lines("SELECT count(*) FROM live_connection") == ["120000"])
        #expect(try store.database.lines("SELECT count(*) FROM sample") == ["1"])
        #expect(try store.database.lines("SELECT complete FROM sample") == ["1"])
    }

    @Test("A sample whose last changes cannot be written counts as incomplete")
    func cutShort() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        // Nobody knows process 999.
        let orphan = OwnerRecord(connection: 1, process: 999, fromMicroseconds: midnight)
        let changes = (1...60_000).map { Change.alive(.example(Int64($0))) } + [.owner(orphan)]
        #expect(throws: StoreError.self) {
            try store.write(.example(1, next: 60_001), changes: changes)
        }
        #expect(try store.database.lines("SELECT complete FROM sample") == ["0"])
    }

    @Test("A clean end leaves one file that a reader without write access can open")
    func cleanEnd() throws {
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        try store.write(.example(1, next: 2), changes: [.alive(.example(1))])
        #expect(folder.names.contains("recording.sqlite-wal"))
        #expect(try #require(store.fileBytes) > 4096)
        try store.end(atMicroseconds: midnight + 1_400_000, reason: "stopped")
        #expect(folder.names == ["recording.sqlite"])
        #expect(try store.database.lines("PRAGMA journal_mode") == ["delete"])
        #expect(
            try store.database.lines("SELECT ended_us, end_reason FROM recordings")
                == ["1795392001400000|stopped"])
        // Alive at the sample at 1 s, so censored there.
        #expect(
            try store.database.lines(
                "SELECT closed_min_us, closed_us, closed_max_us FROM connections")
                == ["1795392001000000||"])
    }

    @Test("Writing before a recording has begun is an error")
    func notBegun() throws {
        let store = try RecordingStore(path: folder.file())
        let error = storeError { try store.write(.example(1, next: 1), changes: []) }
        #expect(error?.kind == .refused)
    }
}
