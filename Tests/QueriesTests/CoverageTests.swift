import Foundation
import Model
import Queries
import Testing

@Suite("What was seen, and why not all")
struct CoverageTests {
    private let folder: URL
    private let path: String
    private let whole = Scope(AxisRange(since: EventNight.start, until: EventNight.end))

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("socktape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("night.sqlite").path
    }

    private func rows(_ question: Question, of night: EventNight = EventNight()) throws
        -> [[Cell]]
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        try night.record(into: path)
        return try Reader(path: path).read { try $0.all(question) }
    }

    @Test func `Both directions of each namespace and of all are counted apart`() throws {
        let rows = try rows(CoverageQuery(whole, apart: true).total)
        let lines = rows.map { text([$0[6], $0[0], $0[1], $0[2], $0[3]]) }
        #expect(
            lines == [
                // 120 minutes of 100, once 200; none in two of them.
                "1|as client|12100|11800|300", "1|as server|12000|11993|7",
                "1|together|24100|23793|307",
                // 60 minutes of 10: the 5000 before are nobody's to record.
                "blue|as client|0|0|0", "blue|as server|600|600|0", "blue|together|600|600|0",
                "all|as client|12100|11800|300", "all|as server|12600|12593|7",
                "all|together|24700|24393|307",
            ])
    }

    /// Cells joined by bars.
    private func text(_ row: [Cell]) -> String {
        row.map { cell in
            switch cell {
            case .integer(let number): "\(number)"
            case .text(let text): text
            default: "-"
            }
        }.joined(separator: "|")
    }

    @Test func `An hour has a row for each namespace, and a range cuts it`() throws {
        let scope = Scope(AxisRange(since: EventNight.at(50), until: EventNight.at(75)))
        let rows = try rows(CoverageQuery(scope, apart: true).question)
        let minutes = rows.map { row in
            row[0...1].map { ($0.integer - EventNight.start) / 60_000_000 }
        }
        #expect(minutes == [[50, 59], [59, 75], [60, 75]])
        let lines = rows.map { text([$0[8], $0[2], $0[4], $0[9], $0[10]]) }
        #expect(
            lines == ["1|900|900|1800|1800", "1|1700|1600|3300|3000", "blue|0|150|150|150"])
    }

    @Test func `More than the kernel counted is marked`() throws {
        var night = EventNight(blueFrom: nil)
        night.surplus = 400
        let rows = try rows(CoverageQuery(whole).total, of: night)
        #expect(rows.map { text([$0[5]]) } == ["!", "", "!"])
        #expect(rows[2][4] == .real(24_193.0 / 24_100))
    }

    @Test func `What is missing is found to the minute, and what came late is not missing`() throws
    {
        let rows = try rows(CoverageQuery(whole).missing)
        let minutes = rows.map { row in
            row[0...1].map { ($0.integer - EventNight.start) / 60_000_000 } + [row[2].integer]
        }
        #expect(minutes == [[70, 71, 100], [71, 72, 200], [100, 101, 7]])
    }

    @Test func `Moments are exact or bounded, and those of TIME-WAIT are told apart`() throws {
        // Three connections and an attempt: 3 openings, 4 ends, of which one each has bounds. The
        // close that found no room has no TIME-WAIT.
        #expect(try rows(EdgesQuery(whole).question).map { text($0) } == ["7|5|2|2"])
    }

    @Test func `A close that found no room is no stay of no length`() throws {
        let rows = try rows(TimeWaitQuery(whole, by: .role).question)
        #expect(rows.count == 1)
        #expect(rows.first?[1] == .integer(1))
        #expect(rows.first?[3...5] == [.real(60), .real(60), .real(60)])
        #expect(rows.first?[10] == .integer(1))
    }
}

extension Cell {
    /// An integer; -1 for anything else.
    fileprivate var integer: Int64 { if case .integer(let number) = self { number } else { -1 } }
}

@Suite("Why connections are missing")
struct MissingCausesTests {
    private typealias Stretch = MissingCauses.Stretch

    private func causes(
        _ stretches: [Stretch], _ missing: (from: Int64, until: Int64, number: Int64)...
    ) -> [MissingPart] {
        MissingCauses(stretches).explain(missing)
    }

    private func bpf(
        _ from: Int64, _ until: Int64, lost: Int64 = 0, _ reason: String? = nil
    ) -> Stretch {
        Stretch(source: "bpf", from: from, until: until, lost: lost, reason: reason)
    }

    @Test func `A stretch in which events were shed has what is missing in it`() {
        let found = causes(
            [
                bpf(0, 100), bpf(100, 200, "shed: events, over --event-budget 5 %"),
                bpf(200, 300, "shed: details, over --event-budget 5 %"), bpf(300, 400),
            ], (90, 100, 1), (100, 110, 5), (190, 200, 6), (200, 210, 3))
        #expect(
            found == [
                MissingPart(cause: .shedEvents, number: 11, from: 100, until: 200),
                MissingPart(cause: .shedDetails, number: 3, from: 200, until: 210),
                MissingPart(cause: .unknown, number: 1, from: 90, until: 100),
            ])
    }

    @Test func `A loss explains its own stretch alone, with what was lost`() {
        let found = causes(
            [
                bpf(0, 100), bpf(40, 41, lost: 9, "lost: no room in the ring"),
                bpf(60, 61, lost: 4, "lost: no room in the ring"),
            ], (40, 50, 2), (80, 90, 1))
        #expect(
            found == [
                MissingPart(
                    cause: .lost("bpf"), number: 2, from: 40, until: 50, lost: 9),
                MissingPart(cause: .unknown, number: 1, from: 80, until: 90),
            ])
    }

    @Test func `A gap, closes alone and dumps alone explain what they cannot see`() {
        let found = causes(
            [
                Stretch(from: 20, until: 30),
                Stretch(source: "sock_destroy", from: 50, until: 60),
                Stretch(source: "sock_diag", from: 0, until: 60),
            ], (10, 20, 1), (20, 30, 2), (50, 60, 3))
        #expect(
            found.map(\.cause) == [.closesAlone, .gap, .dumpsAlone])
    }

    @Test func `A source that cannot work is not there`() {
        let found = causes([bpf(0, 100, "cannot load: no BTF; try Linux 5.12")], (10, 20, 1))
        #expect(found.map(\.cause) == [.dumpsAlone])
    }
}
