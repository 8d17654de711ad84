import Foundation
import Model
import Queries
import Testing

/// `HoldNight` in a file of its own.
final class HoldFile {
    let path: String
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("socktape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("hold.sqlite").path
        try HoldNight.record(into: path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The whole recording, or a part of it by seconds.
    func scope(
        _ since: Double = 0, _ until: Double = 7200, filter: Clause = .all, top: Int64? = nil
    ) -> Scope {
        Scope(
            AxisRange(since: HoldNight.at(since), until: HoldNight.at(until)), filter: filter,
            top: top)
    }

    func rows(_ question: Question) throws -> [[Cell]] {
        try Reader(path: path).read { try $0.all(question) }
    }

    /// Rows by the names of their columns.
    func named(_ question: Question) throws -> [[String: Cell]] {
        try rows(question).map { row in
            Dictionary(uniqueKeysWithValues: zip(question.columns.map(\.name), row))
        }
    }
}

@Suite("What is held, and by whom")
struct HoldTests {
    let night: HoldFile

    init() throws { night = try HoldFile() }

    /// The row whose first column, or another one, holds this text.
    private func row(
        _ text: String, in column: String, of question: Question
    ) throws -> [String: Cell] {
        try #require(try night.named(question).first { $0[column] == .text(text) })
    }

    @Test func `A peer's row tells what went on with it`() throws {
        let database = try row(
            "10.0.0.5", in: "peer_address", of: PeersQuery(night.scope()).question)
        #expect(database["connections"] == 7)
        #expect(database["opened"] == 7)
        #expect(database["closed"] == 7)
        #expect(database["failed"] == 0)
        #expect(database["reset_share"] == .real(1.0 / 7))
        #expect(database["opens_per_s"] == .real(7.0 / 7200))
        #expect(database["bytes_sent"] == 700)
        #expect(database["bytes_received"] == 6000)
        // Six lived 2 s and one 10 s.
        #expect(database["median_s"] == .real(2))
        #expect(database["time_waits"] == 6)
        #expect(database["still_open"] == 0)
    }

    @Test func `A peer that refused has a failure and no opening`() throws {
        let refusing = try row(
            "10.0.0.7", in: "peer_address", of: PeersQuery(night.scope()).question)
        #expect(refusing["connections"] == 1)
        #expect(refusing["opened"] == 0)
        #expect(refusing["failed"] == 1)
        #expect(refusing["reset_share"] == .null)
        #expect(refusing["bytes_sent"] == .null)
    }

    @Test func `A life that has not ended is longer than any, so that its median is not reached`()
        throws
    {
        let open = try row(
            "192.0.2.9", in: "peer_address", of: PeersQuery(night.scope()).question)
        #expect(open["opened"] == 1)
        #expect(open["still_open"] == 1)
        #expect(open["median_s"] == .null)
        // Open before the recording: it did not open in it.
        let before = try row(
            "192.0.2.8", in: "peer_address", of: PeersQuery(night.scope()).question)
        #expect(before["opened"] == 0)
        #expect(before["still_open"] == 1)
    }

    @Test func `Payload that is not known is left out of a sum`() throws {
        let peer = try row(
            "192.0.2.7", in: "peer_address", of: PeersQuery(night.scope()).question)
        #expect(peer["connections"] == 3)
        #expect(peer["bytes_sent"] == 2000)
        #expect(peer["median_s"] == .real(100))
    }

    @Test func `Peers are gathered by their port, too`() throws {
        let question = PeersQuery(night.scope(), by: .peerPort).question
        #expect(try row("5432", in: "peer_port", of: question)["connections"] == 7)
        #expect(try row("81", in: "peer_port", of: question)["failed"] == 1)
    }

    @Test func `What is open at the end of a range is open, though it closed later`() throws {
        let peer = try row(
            "192.0.2.7", in: "peer_address", of: PeersQuery(night.scope(0, 700.5)).question)
        // One closed at 700 s, the others at 701 s and 702 s.
        #expect(peer["closed"] == 1)
        #expect(peer["still_open"] == 2)
    }

    @Test func `A process's row tells what it holds and what it leaves behind`() throws {
        let question = ProcessesQuery(night.scope()).question
        let leaky = try row("leaky", in: "process", of: question)
        #expect(leaky["close_wait"] == 1)
        #expect(leaky["peak_fds"] == 34)
        #expect(leaky["open_fds"] == 34)
        let app = try row("app", in: "process", of: question)
        #expect(app["connections"] == 8)
        #expect(app["opened"] == 7)
        #expect(app["failed"] == 1)
        #expect(app["as_client"] == 8)
        #expect(app["time_waits"] == 6)
        #expect(app["close_wait"] == 0)
        #expect(app["opens_per_s"] == .real(7.0 / 7200))
        let nginx = try row("nginx", in: "process", of: question)
        #expect(nginx["still_open"] == 2)
        #expect(nginx["bytes_received"] == 26)
        #expect(nginx["peak_fds"] == .null)
    }

    @Test func `CLOSE-WAIT is counted as it stood at the end of the range`() throws {
        let question = ProcessesQuery(night.scope(3500, 3630)).question
        #expect(try row("leaky", in: "process", of: question)["close_wait"] == 0)
        // Nothing was sampled from 4260 s to 4440 s.
        let unseen = ProcessesQuery(night.scope(4265, 4435)).question
        #expect(try row("leaky", in: "process", of: unseen)["close_wait"] == .null)
    }

    @Test func `Churn counts openings, ends and failures, a row a bucket`() throws {
        let rows = try night.rows(ChurnQuery(night.scope(), seconds: 1800).question)
        #expect(
            rows.map { Array($0[1...4]) } == [
                [4, 3, 0, 0], [6, 6, 0, 0], [1, 0, 1, 0], [1, 1, 0, 1],
            ])
        #expect(rows.map { $0[0] } == [0, 1800, 3600, 5400].map { .integer(HoldNight.at($0)) })
        #expect(rows[0][5] == .real(4.0 / 1800))
        // 600 s and 600.4 s.
        #expect(rows.map { $0[6] } == [2, 1, 1, 1])
    }

    @Test func `Where nothing was recorded churn is unknown, not 0`() throws {
        let scope = night.scope(-600, 7200)
        let rows = try night.rows(ChurnQuery(scope, seconds: 60).question)
        #expect(rows.count == 130)
        // Before the recording, in its first minute, and in the gap from 70 to 75 min.
        #expect(Array(rows[0][1...]) == Array(repeating: .null, count: 6))
        #expect(Array(rows[10][1...]) == [0, 0, 0, 0, .real(0), 0])
        for minute in 70...74 { #expect(rows[minute + 10][1] == .null) }
        #expect(rows[85][1] == 0)
    }

    @Test func `By default churn has about 24 rows of a usual length`() {
        func seconds(_ until: Double) -> Int64 {
            ChurnQuery.usualSeconds(night.scope(0, until).range)
        }
        #expect(seconds(7200) == 300)
        #expect(seconds(8 * 3600) == 1800)
        #expect(seconds(20) == 1)
        #expect(seconds(48 * 60) == 120)
    }

    @Test func `Short connections one after the other to one peer are a pool that does not pool`()
        throws
    {
        let rows = try night.named(FlowsQuery(night.scope(), by: .flow).question)
        let pool = try #require(rows.first)
        #expect(pool["process"] == .text("app"))
        #expect(pool["role"] == .text("client"))
        #expect(pool["peer_address"] == .text("10.0.0.5"))
        #expect(pool["port"] == 5432)
        #expect(pool["opened"] == 7)
        #expect(pool["opens_per_min"] == .real(7.0 / 120))
        #expect(pool["at_once"] == 1)
        #expect(pool["median_s"] == .real(2))
        // Six closed in order, five of them half a second before the next; the seventh was reset.
        #expect(pool["followed_share"] == .real(5.0 / 6))
        #expect(pool["bytes_sent_each"] == .real(100))
        #expect(pool["bytes_received_each"] == .real(6000.0 / 7))
        #expect(pool["closed_by_local_share"] == .real(6.0 / 7))
    }

    @Test func `Connections side by side are no such pool`() throws {
        let rows = try night.named(FlowsQuery(night.scope(), by: .peer).question)
        let peer = try #require(rows.first { $0["peer_address"] == .text("192.0.2.7") })
        #expect(peer["opened"] == 3)
        #expect(peer["at_once"] == 3)
        #expect(peer["followed_share"] == .real(0))
        // Two told what they carried.
        #expect(peer["bytes_sent_each"] == .real(1000))
    }

    @Test func `An end whose next second is beyond the range says nothing`() throws {
        let rows = try night.named(FlowsQuery(night.scope(1799, 1802.2), by: .process).question)
        let app = try #require(rows.first { $0["process"] == .text("app") })
        #expect(app["followed_share"] == .null)
    }

    @Test func `The longest come first, and an unknown age is a least one`() throws {
        let rows = try night.named(LongQuery(night.scope()).question)
        #expect(rows.map { $0["connection_id"] } == [1, 5, 12])
        #expect(rows.map { $0["age_min_s"] } == [.real(7200), .real(6540), .real(3600)])
        #expect(rows.map { $0["age_max_s"] } == [.null, .real(6600), .real(3600)])
        #expect(
            rows.map { $0["age_known"] } == ["at least", "between", "exactly"].map { .text($0) })
        #expect(rows[2]["state"] == .text("CLOSE-WAIT"))
    }

    @Test func `Silent is only what carried nothing in either direction`() throws {
        let all = try night.named(LongQuery(night.scope()).question)
        #expect(all.map { $0["silent_min_s"] } == [.real(7200), .null, .null])
        let silent = try night.named(LongQuery(night.scope(), silentOnly: true).question)
        #expect(silent.map { $0["connection_id"] } == [1])
    }

    @Test func `What was open at an earlier moment is told with its age at that moment`() throws {
        let rows = try night.named(LongQuery(night.scope(0, 650)).question)
        // The one of 600–660 s had not surely opened by then.
        #expect(rows.map { $0["connection_id"] } == [1, 2, 3, 4])
        #expect(rows[1]["age_min_s"] == .real(50))
        // Its state at that moment is not what was seen last.
        #expect(rows[1]["state"] == .null)
    }

    @Test func `Limits stand in the order of how near they are`() throws {
        let rows = try night.named(LimitsQuery(night.scope()).question)
        let known = rows.prefix { $0["peak_share"] != .null }
        #expect(
            known.map { $0["limit"] }
                == [
                    "backlog", "tcp_max_tw_buckets", "ip_local_port_range", "nofile",
                    "tcp_max_orphans", "tcp_mem", "file-max", "somaxconn", "nr_open",
                ].map { .text($0) })
        #expect(
            rows[known.count...].map { $0["limit"] } == [
                .text("ip_local_reserved_ports"), .text("tcp_fin_timeout"),
            ])
        let uses: [(Double, Double)] = [
            (129, 128), (80, 100), (5, 7), (34, 64), (4, 16), (100, 400), (220, 1000), (129, 4300),
            (52, 3400),
        ]
        #expect(known.map { $0["peak_share"] } == uses.map { .real($0.0 / $0.1) })
    }

    @Test func `A limit's row names who is nearest, its use at the end and when it was highest`()
        throws
    {
        let rows = try night.named(LimitsQuery(night.scope()).question)
        func limit(_ name: String) throws -> [String: Cell] {
            try #require(rows.first { $0["limit"] == .text(name) })
        }
        let ports = try limit("ip_local_port_range")
        #expect(ports["of"] == .text("10.0.0.5:5432"))
        // Ten less 40003, 40008 and 40009.
        #expect(ports["most"] == 7)
        // Six were held at once, one of them 40003.
        #expect(ports["peak"] == 5)
        #expect(ports["last"] == 0)
        #expect(ports["peak_at"] == .integer(HoldNight.at(1812.5)))
        let waits = try limit("tcp_max_tw_buckets")
        #expect(waits["last"] == 20)
        #expect(waits["peak_at"] == .integer(HoldNight.at(3000)))
        #expect(try limit("nofile")["of"] == .text("leaky 300"))
        #expect(try limit("backlog")["of"] == .text("0.0.0.0:80 nginx"))
        // In force from 600 s on.
        #expect(try limit("somaxconn")["value"] == .text("4300"))
        // A queue's length at the end is not recorded.
        #expect(try limit("somaxconn")["last"] == .null)
    }

    @Test func `An overflow is a listener's where it was the only one there`() throws {
        let rows = try night.named(ListenersQuery(night.scope()).question)
        #expect(rows.map { $0["local"] } == [.text("0.0.0.0:80"), .text("0.0.0.0:9100")])
        #expect(rows.map { $0["was_full"] } == [1, 0])
        #expect(rows.map { $0["overflows_min"] } == [5, 0])
        #expect(rows.map { $0["overflows_max"] } == [12, 7])
        let quiet = try night.named(ListenersQuery(night.scope(1300, 5000)).question)
        #expect(quiet.map { $0["overflows_max"] } == [0, 0])
    }

    @Test func `Overflows are told with the listeners that were seen full`() throws {
        let both = try night.rows(ListenersQuery(night.scope()).overflows)
        #expect(
            both.map { Array($0[1...]) } == [
                [
                    12, .integer(HoldNight.at(1200)), .integer(HoldNight.at(5460)), 2,
                    .text("0.0.0.0:80 (nginx)"), 1,
                ]
            ])
        #expect(try night.rows(ListenersQuery(night.scope(1300, 5000)).overflows).isEmpty)
    }

    @Test func `What each report says is what its SQL over the views says`() throws {
        for scope in [
            night.scope(), night.scope(600.2, 6005), night.scope(0, 700.5, top: 2),
            night.scope(top: 1), night.scope(filter: Clause("role = 'client'")),
            night.scope(
                0, 6005,
                filter: Clause(
                    positional: "(comm = ? OR pid = ?)", arguments: [.text("nginx"), 300])),
        ] {
            var questions: [(String, Question)] = [
                ("peers", PeersQuery(scope).question),
                ("peer ports", PeersQuery(scope, by: .peerPort).question),
                ("processes", ProcessesQuery(scope).question),
                ("churn", ChurnQuery(scope, seconds: 7).question),
                ("long", LongQuery(scope).question),
                ("silent", LongQuery(scope, silentOnly: true).question),
                ("limits", LimitsQuery(scope).question),
                ("listeners", ListenersQuery(scope).question),
                ("summary", SummaryQuery(Scope(scope.range)).question),
            ]
            for group in FlowsQuery.Group.allCases {
                questions.append(("churn \(group)", FlowsQuery(scope, by: group).question))
            }
            for (name, question) in questions {
                try Reader(path: night.path).read { session in
                    var free: [[Cell]] = []
                    let cursor = try session.rows(of: question.text)
                    while let row = try cursor.next() { free.append(row) }
                    #expect(free == (try session.all(question)), "\(name)")
                }
            }
        }
    }
}
