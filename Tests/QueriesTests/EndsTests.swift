import Foundation
import Model
import Queries
import Testing

/// The hand-made recording about states and ends, in a file of its own.
final class EndsFile {
    let path: String
    private let folder: URL

    init(ending: Bool = true) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("socktape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("ends.sqlite").path
        try EndsNight.record(into: path, ending: ending)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The recording, or a part of it by seconds.
    static func scope(_ since: Double = 0, _ until: Double = 2400, top: Int64? = nil) -> Scope {
        Scope(AxisRange(since: EndsNight.at(since), until: EndsNight.at(until)), top: top)
    }

    func rows(_ question: Question) throws -> [[Cell]] {
        try Reader(path: path).read { try $0.all(question) }
    }

    /// The cells of these columns, of each row.
    func cells(_ question: Question, _ names: String...) throws -> [[Cell]] {
        let places = names.compactMap { name in question.columns.firstIndex { $0.name == name } }
        #expect(places.count == names.count)
        return try rows(question).map { row in places.map { row[$0] } }
    }
}

@Suite("States of a close, ends and ports of a recording whose answers are known")
struct EndsTests {
    let file: EndsFile

    init() throws { file = try EndsFile() }

    @Test func `Who leaks CLOSE-WAIT comes first, with its oldest and how long the others stayed`()
        throws
    {
        let query = StaysQuery(EndsFile.scope(), states: [.closeWait], by: .by(.process))
        #expect(
            try file.cells(
                query.question, "process", "still_there", "oldest_s", "peak", "peak_at", "ended",
                "p50_s", "p99_s", "longest_s", "stays") == [
                    [
                        "api", 1, .real(1140), 1, .integer(EndsNight.at(1260)), 0, .null, .null,
                        .real(1140), 1,
                    ],
                    [
                        "web", 0, .null, 2, .integer(EndsNight.at(202)), 3, .real(2), .real(4),
                        .real(4), 3,
                    ],
                    // Between 60 and 180 s.
                    [
                        "batch", 0, .null, 1, .integer(EndsNight.at(1090)), 1, .real(120),
                        .real(120), .real(60), 1,
                    ],
                ])
    }

    @Test func `A leak of one in the second half grows by the middle of all slopes`() throws {
        let query = StaysQuery(EndsFile.scope(top: 1), states: [.closeWait], by: .by(.process))
        let row = try #require(
            try file.cells(query.question, "growth_per_hour", "levels").first)
        // Of 276 slopes 132 are 0, and the 138th and 139th are 1 in 21 and 1 in 20 parts of 100 s.
        guard case .real(let growth) = row[0] else { throw Failed() }
        #expect(abs(growth - 738.0 / 420) < 1e-12)
        let levels = [Int](repeating: 0, count: 12) + [Int](repeating: 1, count: 12)
        #expect(row[1] == .text("\(levels)".replacing(" ", with: "")))
    }

    @Test func `What lingers after a close is told state by state`() throws {
        let query = StaysQuery(
            EndsFile.scope(), states: [.finWait1, .finWait2, .closing, .lastAck], by: .state)
        #expect(
            try file.cells(
                query.question, "state", "still_there", "ended", "p50_s", "p99_s", "longest_s")
                == [
                    ["FIN-WAIT-1", 1, 3, .real(0.1), .real(0.1), .real(400)],
                    ["FIN-WAIT-2", 0, 3, .real(60), .real(60), .real(60)],
                    ["LAST-ACK", 0, 3, .real(0.1), .real(0.25), .real(0.25)],
                ])
        let room = OrphanRoomQuery(EndsFile.scope()).question
        #expect(try file.rows(room) == [[3, .integer(EndsNight.at(2040)), 50]])
    }

    @Test func `A port is held until TIME-WAIT is over, and counts once when it is reused`() throws
    {
        let query = PortsQuery(EndsFile.scope())
        let columns = [
            "peer", "in_use", "time_wait", "closing", "peak", "available", "peak_at", "not_sent",
            "connections",
        ]
        let places = columns.compactMap { name in
            query.question.columns.firstIndex { $0.name == name }
        }
        let rows = try file.rows(query.question).map { row in places.map { row[$0] } }
        #expect(
            rows == [
                ["203.0.113.6:443", 8, 0, 0, 8, 17, .integer(EndsNight.at(2335)), 0, 8],
                ["203.0.113.5:443", 2, 0, 1, 4, 17, .integer(EndsNight.at(630)), 2, 6],
                ["203.0.113.7:25", 0, 0, 0, 1, 17, .integer(EndsNight.at(999.9)), 0, 1],
                ["203.0.113.8:80", 0, 0, 0, 1, 17, .integer(EndsNight.at(300)), 0, 1],
                ["203.0.113.9:9000", 1, 0, 0, 1, 17, .integer(EndsNight.at(1000)), 0, 4],
            ])
    }

    @Test func `Ports toward all destinations of a process are those of each together`() throws {
        let query = PortsQuery(EndsFile.scope(), by: .process).question
        #expect(
            try file.cells(
                query, "process", "in_use", "closing", "peak", "available", "peak_at", "not_sent",
                "connections") == [
                    // Four destinations of 17 ports each; 8 to 203.0.113.6, and one in SYN-SENT.
                    ["batch", 9, 0, 9, 68, .integer(EndsNight.at(2390)), 0, 14],
                    ["api", 2, 1, 4, 17, .integer(EndsNight.at(630)), 2, 6],
                ])
    }

    @Test func `In buckets each part is told as a range of its own`() throws {
        let ports = PortsQuery(EndsFile.scope(top: 1), bucketMicroseconds: 600_000_000).question
        let columns = ["from", "peer", "in_use", "time_wait", "peak", "available", "connections"]
        let places = columns.compactMap { name in
            ports.columns.firstIndex { $0.name == name }
        }
        // One port is held twice in the second part; the range grew at 1800 s.
        #expect(
            try file.rows(ports).map { row in places.map { row[$0] } } == [
                [.integer(EndsNight.start), "203.0.113.5:443", 3, 0, 3, 7, 3],
                [.integer(EndsNight.at(600)), "203.0.113.5:443", 1, 0, 4, 7, 5],
                [.integer(EndsNight.at(1200)), "203.0.113.5:443", 2, 0, 2, 7, 2],
                [.integer(EndsNight.at(1800)), "203.0.113.6:443", 8, 0, 8, 17, 8],
            ])
        let stays = StaysQuery(
            EndsFile.scope(), states: [.closeWait], by: .by(.process),
            bucketMicroseconds: 1_200_000_000
        ).question
        #expect(
            try file.cells(stays, "from", "process", "still_there", "oldest_s", "ended") == [
                // It is there until 1180–1240 s, and was seen at 1140 s.
                [.integer(EndsNight.start), "batch", 1, .real(20), 0],
                [.integer(EndsNight.start), "web", 0, .null, 3],
                [.integer(EndsNight.at(1200)), "api", 1, .real(1140), 0],
                [.integer(EndsNight.at(1200)), "batch", 0, .null, 1],
            ])
    }

    @Test func `A filter lets the same connections pass, whatever it asks for`() throws {
        let filters: [(String, [Cell])] = [
            ("socktape_in_prefix(peer_address, ?, ?)", ["203.0.113.4", 31]),
            ("role = ? AND socktape_in_prefix(peer_address, ?, ?)", ["client", "203.0.113.4", 31]),
            ("peer_address = ? AND peer_port = ?", ["203.0.113.5", 443]),
            (
                "(socktape_in_prefix(peer_address, ?, ?) AND peer_port = ? OR local_port = ?)",
                ["203.0.113.4", 31, 443, 7]
            ),
        ]
        let isInPrefix: Reader.PrefixTest = { address, _, _ in
            address == "203.0.113.4" || address == "203.0.113.5"
        }
        // Ten calls of `api` go there, and nobody else's; two are not sent.
        for (sql, arguments) in filters {
            var scope = EndsFile.scope()
            scope.filter = Clause(positional: sql, arguments: arguments)
            let query = HandshakesQuery(scope, by: .peer).question
            let place = try #require(query.columns.firstIndex { $0.name == "attempts" })
            let rows = try Reader(path: file.path, isInPrefix: isInPrefix).read {
                try $0.all(query)
            }
            #expect(rows.map { [$0[0], $0[place]] } == [["203.0.113.5", 10]], "\(sql)")
        }
    }

    @Test func `Ports are counted against the range that was in force`() throws {
        let query = PortsQuery(EndsFile.scope(0, 720, top: 1)).question
        #expect(
            try file.cells(query, "peer", "in_use", "time_wait", "peak", "available", "peak_share")
                == [["203.0.113.5:443", 3, 1, 4, 7, .real(4.0 / 7)]])
    }

    @Test func `A FIN-WAIT-2 without its full socket holds its port`() throws {
        let query = PortsQuery(EndsFile.scope(0, 360)).question
        let row = try file.cells(query, "peer", "in_use", "closing").first {
            $0[0] == "203.0.113.8:80"
        }
        #expect(row == ["203.0.113.8:80", 1, 1])
    }

    @Test func `The time to the last port is told where use grows, and only there`() throws {
        let query = PortsQuery(EndsFile.scope()).question
        // 48 more an hour, and 9 of 17 are left.
        #expect(
            try file.cells(query, "growth_per_hour", "exhausted_in_s").prefix(2) == [
                [.real(48), .real(675)], [.real(0), .null],
            ])
    }

    @Test func `Each way in which a handshake can end is counted by itself`() throws {
        let query = HandshakesQuery(EndsFile.scope(), by: .peer).question
        let rows = try file.cells(
            query, "peer_address", "attempts", "opened", "refused", "timed_out", "unreachable",
            "not_sent", "gave_up", "unknown", "waiting", "slow", "p50_s", "p99_s", "longest_s")
        #expect(
            rows.first == [
                "203.0.113.5", 10, 7, 1, 0, 0, 2, 0, 0, 0, 1, .real(0.1), .real(3.3), .real(3.3),
            ])
        #expect(
            rows.first { $0[0] == "203.0.113.9" } == [
                "203.0.113.9", 4, 0, 0, 1, 1, 0, 1, 0, 1, 0, .null, .null, .real(127.5),
            ])
    }

    @Test func `In buckets a handshake counts when it ends`() throws {
        let query = HandshakesQuery(
            EndsFile.scope(), by: nil, bucketMicroseconds: 600_000_000
        ).question
        let rows = try file.cells(query, "from", "attempts", "opened", "timed_out", "waiting")
        #expect(
            rows == [
                [.integer(EndsNight.start), 12, 12, 0, 0],
                // One at 600 s, which begins a bucket; the time-out began at 1000 s.
                [.integer(EndsNight.at(600)), 5, 3, 1, 0],
                [.integer(EndsNight.at(1200)), 5, 1, 0, 0],
                [.integer(EndsNight.at(1800)), 10, 9, 0, 1],
            ])
    }

    @Test func `A handshake known by dumps alone is marked as vague`() throws {
        let query = HandshakesQuery(EndsFile.scope(), by: .role).question
        #expect(
            try file.cells(query, "role", "opened", "vague", "p50_s", "p99_s") == [
                ["client", 17, 0, .real(0.1), .real(3.3)],
                ["server", 8, 3, .real(0.1), .real(30)],
            ])
    }

    @Test func `Samples and counters tell of handshakes too`() throws {
        let rows = try file.rows(HandshakeSignsQuery(EndsFile.scope()).question)
        #expect(
            rows == [[2, .integer(EndsNight.at(1020)), 0, .integer(EndsNight.start), 3, 4]])
    }

    @Test func `Who closes first is told with shares of those that are known`() throws {
        let query = ClosersQuery(EndsFile.scope(), by: .process).question
        #expect(
            try file.cells(
                query, "process", "closed", "by_local", "by_peer", "by_both", "by_unknown",
                "local_share", "fin", "reset", "other") == [
                    ["web", 7, 2, 3, 1, 1, .real(2.0 / 6), 6, 0, 1],
                    ["api", 3, 2, 1, 0, 0, .real(2.0 / 3), 3, 0, 0],
                    ["batch", 2, 1, 1, 0, 0, .real(0.5), 1, 1, 0],
                ])
    }

    @Test func `TIME-WAITs that ended early are told by what ended them`() throws {
        try Reader(path: file.path).read { session in
            let early = try EarlyTimeWaits(session, EndsFile.scope())
            #expect(early.reusedHere == 1)
            #expect(early.reusedByPeer == 1)
            #expect(early.cutShort == 1)
            var clients = EndsFile.scope()
            clients.filter = Clause(
                positional: "role = ?", arguments: [.text("client")])
            let some = try EarlyTimeWaits(session, clients)
            #expect([some.reusedHere, some.reusedByPeer, some.cutShort] == [1, 0, 0])
            let later = try EarlyTimeWaits(session, EndsFile.scope(611, 2400))
            #expect([later.reusedHere, later.reusedByPeer, later.cutShort] == [1, 0, 0])
        }
        let room = TimeWaitRoomQuery(EndsFile.scope()).question
        #expect(try file.rows(room) == [[60, .integer(EndsNight.at(600)), 100, 1, "1"]])
    }
}

/// A cell was not what a test needs.
struct Failed: Error {}

extension Cell: ExpressibleByStringLiteral {
    /// A literal is a text cell.
    public init(stringLiteral value: String) { self = .text(value) }
}
