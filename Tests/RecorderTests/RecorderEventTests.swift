import Ledger
import Model
import Testing

@testable import Recorder

@Suite("A recorder that hears events")
struct RecorderEventTests {
    struct Outcome {
        var sink: MemorySink
        var notices: Notices
        var transitions: FakeTransitions

        var connections: [ConnectionRecord] {
            var records: [Int64: ConnectionRecord] = [:]
            for change in sink.all {
                switch change {
                case .alive(let record), .ended(let record): records[record.id] = record
                default: break
                }
            }
            return records.values.sorted { $0.id < $1.id }
        }

        func sources(_ name: String) -> [SourceRecord] {
            var records: [Int64: SourceRecord] = [:]
            for case .source(let record) in sink.all where record.source == name {
                records[record.id] = record
            }
            return records.values.sorted { $0.id < $1.id }
        }

        /// The recording's start, µs.
        var start: Int64 { sink.recording?.startedMicroseconds ?? 0 }
    }

    static func record(
        seconds: Int64 = 5, tables: [[SocketRow]] = [[]], dumpEvery: Int64? = nil,
        share: Double? = 0.05, backlog: Int = 64 << 20,
        finder: ((FakeKernel) -> FakeFinder)? = nil,
        kernel arrangeKernel: (FakeKernel) -> Void = { _ in },
        _ events: [KernelEvent], arrange: (inout FakeTransitions.State) -> Void = { _ in }
    ) async throws -> Outcome {
        let clock = FakeClock()
        let kernel = FakeKernel(clock: clock, tables: tables)
        arrangeKernel(kernel)
        let transitions = FakeTransitions(clock: clock, events, arrange: arrange)
        let sink = MemorySink()
        let notices = Notices()
        var settings = RecorderSettings(
            intervalNanoseconds: 1_000_000_000, durationNanoseconds: seconds * 1_000_000_000,
            dumpNanoseconds: dumpEvery, eventShare: share, uuid: { "u" }, version: "1")
        settings.backlogOctets = backlog
        let recorder = Recorder(
            settings: settings, clock: clock,
            sources: RecorderSources(
                namespace: kernel.namespace, host: kernel, transitions: transitions,
                finder: finder?(kernel)),
            sink: sink, observer: notices, reopen: { MemorySink() })
        try await recorder.run()
        return Outcome(sink: sink, notices: notices, transitions: transitions)
    }

    @Test("records a connection that lived between two samples, to the microsecond")
    func between() async throws {
        let outcome = try await Self.record(Told(cookie: 7, port: 4000).shortLife(at: 1500))
        let record = try #require(outcome.connections.first)
        #expect(outcome.connections.count == 1)
        #expect(record.attempted == Bounds(exactly: outcome.start + 1_500_000))
        #expect(record.opened == Bounds(exactly: outcome.start + 1_500_500))
        #expect(record.closed == Bounds(exactly: outcome.start + 1_502_010))
        #expect(record.closeKind == .reset)
        #expect(record.closedBy == .peer)
        #expect(record.firstSample == nil)
        #expect(record.uid == 33)
    }

    @Test("takes events before the rows of a dump, so that none is told twice")
    func rowsYield() async throws {
        var row = RecorderTests.row(4000)
        row.cookie = 7
        let told = Told(cookie: 7, port: 4000)
        // Opened just before the dump that shows it first, and gone before the next.
        let outcome = try await Self.record(
            tables: [[], [], [row], []],
            Array(told.shortLife(at: 1999.2, lasts: 500)))
        #expect(outcome.connections.count == 1)
        let record = try #require(outcome.connections.first)
        #expect(record.opened == Bounds(exactly: outcome.start + 1_999_700))
        #expect(record.closed == Bounds(exactly: outcome.start + 2_499_210))
        #expect(record.firstSample == 3)
        #expect(record.lastSample == 3)
    }

    @Test("does not take a row for a new connection that was read as its connection ended")
    func staleRow() async throws {
        var row = RecorderTests.row(4000)
        row.cookie = 7
        // The dump takes 1 ms; the connection ends within it.
        let outcome = try await Self.record(
            tables: [[], [], [row], []], Told(cookie: 7, port: 4000).shortLife(at: 1998.3))
        #expect(outcome.connections.count == 1)
        #expect(outcome.connections.first?.closed.width == 0)
    }

    @Test("counts attempts with the sample whose counters hold them")
    func counting() async throws {
        // A fake counter is read right after the dump, which lasts 1 ms: the second attempt comes
        // after the reading of its second.
        let events =
            Told(cookie: 7, port: 4000).shortLife(at: 1500)
            + Told(cookie: 8, port: 4001).shortLife(at: 2000.5)
            + Told(cookie: 9, port: 4002).shortLife(at: 2001.5)
        let outcome = try await Self.record(events)
        #expect(outcome.sink.samples.map { $0.namespaces[0].recordedActive } == [0, 0, 2, 1, 0, 0])
    }

    @Test("does not count what opened before its counters were first read")
    func before() async throws {
        let outcome = try await Self.record(Told(cookie: 7, port: 4000).shortLife(at: -10))
        #expect(outcome.connections.count == 1)
        #expect(outcome.sink.samples.allSatisfy { $0.namespaces[0].recordedActive == 0 })
    }

    @Test("says of each loss how many events and between which moments")
    func losses() async throws {
        let outcome = try await Self.record([]) {
            $0.losses = [(Told.start + 1_450_000_000, 5), (Told.start + 3_350_000_000, 2)]
        }
        let losses = outcome.sources("bpf").filter { $0.lost ?? 0 > 0 }
        #expect(losses.map(\.lost) == [5, 2])
        #expect(losses.allSatisfy { $0.reason == "lost: no room in the ring" })
        for (loss, moment) in zip(losses, [1_450_000, 3_350_000]) {
            let until = try #require(loss.untilMicroseconds)
            #expect(loss.fromMicroseconds <= outcome.start + Int64(moment))
            #expect(until >= outcome.start + Int64(moment))
            #expect(until - loss.fromMicroseconds <= 200_000)
        }
    }

    @Test("sheds detail where events cost too much, says so, and takes it up again")
    func shedding() async throws {
        let outcome = try await Self.record(seconds: 30, []) {
            $0.busy = Told.start + 2_000_000_000..<Told.start + 8_000_000_000
        }
        let reasons = outcome.sources("bpf").map(\.reason)
        #expect(reasons.first == .some(nil))
        #expect(reasons.contains("shed: details, over --event-budget 5 %"))
        #expect(reasons.contains("shed: events, over --event-budget 5 %"))
        #expect(reasons.last == .some(nil))
        #expect(outcome.transitions.details.first == .edges)
        #expect(outcome.transitions.details.last == .full)
        #expect(outcome.notices.texts.contains("events are told in full again"))
    }

    @Test("hands over what ended before it is too much, though dumps are rare and events are shed")
    func crowd() async throws {
        // 20 a second, while dumps of 0.5 s may come each 50 s.
        var lives: [KernelEvent] = []
        for number in 0..<800 as Range<UInt16> {
            lives += Told(cookie: UInt64(number) + 1, port: 1000 + number)
                .shortLife(at: 50 * Double(number))
        }
        let outcome = try await Self.record(
            seconds: 45, backlog: 30 << 10,
            kernel: { kernel in
                for dump in 0..<100 { kernel.dumpTimes[dump] = 500_000_000 }
            }, lives
        ) {
            $0.busy = Told.start + 1_000_000_000..<Told.start + 60_000_000_000
        }
        let ends: [Int] = outcome.sink.changes.map { changes in
            changes.count { change in
                if case .ended = change { true } else { false }
            }
        }
        // More than 30 at a tick, of which one more may bring as many.
        #expect(ends.allSatisfy { $0 <= 70 }, "\(ends)")
        let bare = outcome.sink.samples.filter { !$0.complete }
        #expect(bare.count >= 10, "\(bare.count) samples without a table")
        for sample in bare {
            #expect(sample.basis == .ledger && sample.sockets == nil)
            #expect(sample.namespaces.allSatisfy { $0.states == nil })
        }
    }

    @Test("sheds nothing without a budget")
    func withoutBudget() async throws {
        let outcome = try await Self.record(seconds: 10, share: nil, []) {
            $0.busy = Told.start..<Told.start + 10_000_000_000
        }
        #expect(outcome.transitions.details.isEmpty)
    }

    @Test("leaves out other namespaces unless all are asked for")
    func otherNamespaces() async throws {
        let events =
            Told(cookie: 7, port: 4000).shortLife(at: 1500)
            + Told(cookie: 8, port: 4000, netns: 2).shortLife(at: 1500)
        let own = try await Self.record(events)
        #expect(own.connections.map(\.netns) == [1])
        let all = try await Self.record(finder: { FakeFinder(kernel: $0) }, events)
        #expect(all.connections.map(\.netns) == [1, 2])
        #expect(all.connections.map(\.tuple.local.port) == [4000, 4000])
    }

    @Test("takes up a namespace when it appears, and ends it with all its sockets when it is gone")
    func namespaces() async throws {
        let events = [
            Told(cookie: 8, port: 4000, netns: 2).event(.close, .synSent, at: 6500),
            Told(cookie: 8, port: 4000, netns: 2).event(.synSent, .established, at: 6501),
        ]
        let outcome = try await Self.record(
            seconds: 20,
            finder: { kernel in
                FakeFinder(
                    kernel: kernel, lives: Told.start + 5_500_000_000..<Told.start + 12_000_000_000)
            }, events)
        var spaces: [UInt64: NamespaceRecord] = [:]
        for case .namespace(let record) in outcome.sink.all { spaces[record.netns] = record }
        let space = try #require(spaces[2])
        #expect(space.name == "blue")
        #expect(space.inode == 77)
        let gone = try #require(space.lastSeen)
        #expect(gone >= outcome.start + 12_000_000)
        let record = try #require(outcome.connections.first { $0.netns == 2 })
        #expect(record.opened == Bounds(exactly: outcome.start + 6_501_000))
        #expect(record.closed.latest == gone)
        let counted = outcome.sink.samples.filter { $0.namespaces.contains { $0.netns == 2 } }
        #expect(!counted.isEmpty && counted.count < outcome.sink.samples.count)
    }

    @Test("dumps other namespaces rarely where that takes long, and says how rarely")
    func rareDumps() async throws {
        let outcome = try await Self.record(
            seconds: 20, finder: { FakeFinder(kernel: $0, dumpLasts: 100_000_000) }, [])
        #expect(
            outcome.sources("dumps of other namespaces").map(\.reason)
                == ["one every 8 s at the least, within 2 % of the time"])
        let brief = try await Self.record(finder: { FakeFinder(kernel: $0) }, [])
        #expect(brief.sources("dumps of other namespaces").isEmpty)
    }
}
