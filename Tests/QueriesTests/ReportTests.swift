import Model
import Queries
import Testing

@Suite("What reports say of a recording whose answers are known")
struct ReportTests {
    let night: Night

    init() throws { night = try Night() }

    @Test func `States are counted with their least, most and last`() throws {
        let rows = try night.rows(StatesQuery(night.whole, slots: 4).question)
        #expect(
            rows.map { $0[0] } == ["ESTAB", "TIME-WAIT", "CLOSE-WAIT", "LISTEN"].map(Cell.text))
        // ESTAB: none from 30 s to 40 s, two from 11 s to 20 s, one at the end.
        #expect(rows[0][1] == .integer(0))
        #expect(rows[0][3] == .integer(2))
        #expect(rows[0][4] == .integer(1))
        #expect(rows[1][5] == .text("[1,1,1,0]"))
    }

    @Test func `A bucket is counted by itself`() throws {
        let rows = try night.rows(
            StatesOverTimeQuery(night.whole, bucketMicroseconds: 60_000_000).question)
        let waiting = rows.filter { $0[1] == .text("TIME-WAIT") }
        #expect(
            waiting.map { $0[0] } == [
                .integer(RecordedNight.start), .integer(RecordedNight.start + 60_000_000),
            ])
        // 21 s to 59 s of 60 samples; 60 s to 80 s of the second minute's 56.
        #expect(waiting[0][3] == .real(39.0 / 60))
        #expect(waiting[1][3] == .real(21.0 / 56))
    }

    @Test func `Lifetimes tell their ages, whether they ended, and their bounds`() throws {
        let rows = try night.rows(LifetimesQuery(night.whole, by: nil).question)
        #expect(
            Set(rows.map { $0[1...3] }) == [
                // Open before the recording: no age.
                [.null, .null, 0],
                [.real(0), .real(10), 1], [.real(0), .real(5), 1],
                [.real(0), .real(65), 0], [.real(0), .real(20), 0],
            ])
        let bounded = try #require(rows.first { $0[2] == .real(5) })
        #expect(
            Array(bounded[4...])
                == [40, 41, 45, 46].map { .integer(RecordedNight.at($0)) } + [.null])
    }

    @Test func `Lifetimes of a part of the recording count from the age at its beginning`() throws {
        let scope = Scope(AxisRange(since: RecordedNight.at(15), until: RecordedNight.at(60)))
        let rows = try night.rows(
            LifetimesQuery(scope, by: .process, tellsWaits: true).question)
        #expect(
            Set(rows.map { Array($0[0...3]) + [$0[8]] }) == [
                [.text("nginx"), .null, .null, 0, 0],
                // From 10.2 s to 20.2 s, and then in TIME-WAIT.
                [.text("nginx"), .real(4.8), .real(10), 1, 1],
                [.text("curl"), .real(0), .real(5), 1, 0],
                [.text(RecordedNight.oddName), .real(0), .real(5), 0, 0],
            ])
    }

    @Test func `A TIME-WAIT belongs to the process that closed first`() throws {
        let rows = try night.rows(TimeWaitQuery(night.whole, by: .process).question)
        #expect(rows.count == 1)
        #expect(Array(rows[0].prefix(3)) == [.text("nginx"), .integer(1), .integer(0)])
        #expect(rows[0][4] == .real(60.7))
        #expect(rows[0][6] == .integer(1))
    }

    @Test func `A TIME-WAIT belongs to every range in which it waits`() throws {
        let start = RecordedNight.start
        for (since, until, count) in [
            (0, 20, 0), (0, 30, 1), (40, 50, 1), (70, 90, 1), (82, 90, 0),
        ] {
            let range = AxisRange(
                since: start + Int64(since) * 1_000_000, until: start + Int64(until) * 1_000_000)
            let rows = try night.rows(TimeWaitQuery(Scope(range), by: .process).question)
            #expect(rows.count == count, "\(since) to \(until)")
            let summary = SummaryQuery(Scope(range)).question
            let column = try #require(summary.columns.firstIndex { $0.name == "time_waits" })
            #expect(try night.rows(summary)[0][column] == .integer(Int64(count)))
        }
    }

    @Test func `Descriptors name the process nearest to its limit first`() throws {
        let rows = try night.rows(DescriptorsQuery(night.whole, slots: 4).question)
        #expect(rows[0][0] == .text("host"))
        #expect(Array(rows[0][3...6]) == [1120, 1120, 120, 100_000].map { .integer($0) })
        #expect(rows[1][1] == .text(RecordedNight.oddName))
        #expect(Array(rows[1][3...6]) == [900, 900, 890, 1024].map { .integer($0) })
        #expect(rows[1][7] == .real(900.0 / 1024))
        // Parts of 30 s; what begins at the end of one belongs to both.
        #expect(rows[1][8] == .text("[10,500,900,900]"))
        // No limit is no share, not a share of 0.
        #expect(rows[2][1] == .text("nginx"))
        #expect(rows[2][6] == .null)
    }

    @Test func `Processes are listed with what they opened and still hold`() throws {
        let rows = try night.rows(ProcessesQuery(night.whole).question)
        #expect(
            rows.map { Array($0.prefix(8)) } == [
                [.text("nginx"), 100, 3, 2, 1, 0, 3, 0],
                [.text("curl"), 200, 2, 1, 0, 2, 0, 1],
                [.text(RecordedNight.oddName), 300, 1, 1, 1, 1, 0, 0],
            ])
    }

    @Test func `Listeners say how full their queue got`() throws {
        let rows = try night.rows(ListenersQuery(night.whole).question)
        #expect(
            Array(rows[0].prefix(5)) == [.text("0.0.0.0:80"), .text("nginx"), 100, 3, 511])
    }

    @Test func `Coverage counts what the kernel saw and the recording did not`() throws {
        let rows = try night.rows(CoverageQuery(night.whole).total)
        #expect(
            rows.map { Array($0[0...4]) } == [
                [.text("as client"), 5, 3, 2, .real(3.0 / 5)],
                [.text("as server"), 2, 2, 0, .real(1)],
                [.text("together"), 7, 5, 2, .real(5.0 / 7)],
            ])
    }

    @Test func `Coverage counted in one pass is what the views say, in every range`() throws {
        for (since, until) in [(-10, 200), (0, 120), (10, 40), (39.5, 41.5), (90, 96), (130, 140)] {
            let range = AxisRange(
                since: RecordedNight.at(since), until: RecordedNight.at(until))
            let query = CoverageQuery(Scope(range))
            let told = try night.rows(query.total).map { "\($0[1]) \($0[2])" }
            let missing = try night.rows(query.missing)
            try Reader(path: night.path).read { session in
                let count = try CoverageCount(session, range)
                let shares = [count.active, count.passive, count.together].compactMap { $0 }
                #expect(
                    shares.map { "integer(\($0.counted)) integer(\($0.recorded))" } == told)
                #expect(
                    count.missing.map { [$0.from, $0.until, $0.number].map { Cell.integer($0) } }
                        == missing)
            }
        }
    }

    @Test func `A summary counts each kind of end`() throws {
        let row = try #require(try night.rows(SummaryQuery(night.whole).question).first)
        #expect(Array(row[3...14]) == [117, 6, 4, 3, 1, 2, 0, 0, 1, 0, 2, 1])
    }

    @Test func `A range leaves out what ended before it and began after it`() throws {
        let scope = Scope(
            AxisRange(since: RecordedNight.at(47), until: RecordedNight.at(52)))
        let rows = try night.rows(ConnectionsQuery(scope).question)
        // Only the one in TIME-WAIT is gone by its full socket; the refused one is there.
        #expect(rows.map { $0[17] } == [4])
    }

    @Test func `Gaps are named`() throws {
        let rows = try night.rows(GapsQuery(night.whole).question)
        #expect(rows.map { Array($0[2...]) } == [[.real(5), .text("suspended"), 0]])
    }
}

extension Cell: ExpressibleByIntegerLiteral {
    /// A literal is an integer cell.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}
