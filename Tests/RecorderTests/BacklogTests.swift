import Model
import Testing

@testable import Recorder

@Suite("What cannot be written is kept within a bound")
struct BacklogTests {
    private static func tuple(_ number: Int64) -> FourTuple {
        FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x7f00_0001), UInt16(1024 + number % 60_000)),
            peer: Endpoint(IPAddress(ipv4: 0x7f00_0001), 80))
    }

    private static func connection(_ id: Int64, role: Role = .client) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: id, netns: 1, tuple: tuple(id), cookie: UInt64(id), state: .close)
        record.role = role
        record.attempted = Bounds(earliest: id, latest: id)
        record.opened = Bounds(earliest: id, latest: id)
        return record
    }

    /// Sample n at n seconds, that recorded so many attempts as client.
    private static func sample(_ number: Int64, next: Int64, active: Int64 = 0) -> SampleRecord {
        var sample = SampleRecord(
            id: number, sampledMicroseconds: number * 1_000_000, nextConnection: next)
        var part = NamespaceSample(netns: 1)
        part.recordedActive = active
        sample.namespaces = [part]
        return sample
    }

    private static func drain(_ backlog: inout Backlog) -> [Backlog.Entry] {
        var entries: [Backlog.Entry] = []
        while let entry = backlog.takeFirst() { entries.append(entry) }
        return entries
    }

    private static func ended(_ entries: [Backlog.Entry]) -> [Int64] {
        entries.flatMap(\.changes).compactMap {
            if case .ended(let record) = $0 { record.id } else { nil }
        }
    }

    @Test("within the bound all is given back as it came, whatever was tried in between")
    func order() {
        var backlog = Backlog(bound: 1 << 20)
        for number in 1...5 as ClosedRange<Int64> {
            backlog.append(
                Backlog.Entry(
                    sample: Self.sample(number, next: number + 1),
                    changes: [.ended(Self.connection(number))]))
            if let tried = backlog.takeFirst() { backlog.putBack(tried) }
        }
        let entries = Self.drain(&backlog)
        #expect(entries.compactMap(\.sample?.id) == [1, 2, 3, 4, 5])
        #expect(Self.ended(entries) == [1, 2, 3, 4, 5])
        #expect(backlog.takeFolded() == Backlog.Folded())
        #expect(backlog.octets == 0)
    }

    @Test("a later row of a connection takes the place of an earlier one, with stays still owed")
    func latest() {
        var backlog = Backlog(bound: 1)
        var first = Self.connection(7)
        first.spans = [SpanRecord(state: .established, entered: .unknown, firstSample: 1)]
        first.firstDirtySpan = 0
        var second = first
        second.spans.append(SpanRecord(state: .closeWait, entered: .unknown, firstSample: 2))
        second.firstDirtySpan = 1
        backlog.append(Backlog.Entry(sample: Self.sample(1, next: 8), changes: [.alive(first)]))
        backlog.append(Backlog.Entry(sample: Self.sample(2, next: 8), changes: [.alive(second)]))
        let changes = Self.drain(&backlog).flatMap(\.changes)
        second.firstDirtySpan = 0
        #expect(changes == [.alive(second)])
    }

    @Test("a process comes before what refers to it, though its row is the latest")
    func processes() {
        func process(_ name: String) -> Change {
            let identity = ProcessIdentity(pid: 9, startTicks: 1)
            let facts = ProcessFacts(identity: identity, comm: name)
            return .process(
                ProcessRecord(id: 3, facts: facts, startedMicroseconds: 0, firstSeen: 0))
        }
        var record = Self.connection(1)
        record.process = 3
        var backlog = Backlog(bound: 1)
        backlog.append(
            Backlog.Entry(
                sample: Self.sample(1, next: 2), changes: [process("old"), .alive(record)]))
        backlog.append(Backlog.Entry(sample: Self.sample(2, next: 2), changes: [process("new")]))
        let changes = Self.drain(&backlog).flatMap(\.changes)
        #expect(changes == [process("new"), .alive(record)])
    }

    @Test("above the bound connections that came and went are counts, and not counted as seen")
    func folds() {
        var backlog = Backlog(bound: 200_000)
        let each: Int64 = 100
        for number in 1...40 as ClosedRange<Int64> {
            let ids = ((number - 1) * each + 1)...(number * each)
            backlog.append(
                Backlog.Entry(
                    sample: Self.sample(number, next: number * each + 1, active: each),
                    changes: ids.map { .ended(Self.connection($0)) }))
            #expect(backlog.octets <= 200_000 + 100_000)
        }
        let folded = backlog.takeFolded()
        let entries = Self.drain(&backlog)
        let kept = Self.ended(entries)
        #expect(folded.connections > 0)
        #expect(Int64(kept.count) + folded.connections == 40 * each)
        #expect(folded.samples == 0 && entries.count == 40)
        let counted = entries.reduce(0) { $0 + ($1.sample?.namespaces[0].recordedActive ?? 0) }
        #expect(counted == Int64(kept.count))
        // The oldest went, and the time told holds them.
        #expect(kept == Array((40 * each + 1 - Int64(kept.count))...(40 * each)))
        #expect(folded.from <= 1_000_000)
        #expect(folded.until >= (folded.connections / each) * 1_000_000)
    }

    @Test("the end of a connection that the file may show alive is kept")
    func keepsKnown() {
        var backlog = Backlog(bound: 1)
        backlog.append(
            Backlog.Entry(
                sample: Self.sample(1, next: 11), changes: [.alive(Self.connection(10))]))
        // Tried once: a part of it may be in the file.
        if let tried = backlog.takeFirst() { backlog.putBack(tried) }
        backlog.append(
            Backlog.Entry(
                sample: Self.sample(2, next: 13),
                changes: [.ended(Self.connection(10)), .ended(Self.connection(12))]))
        #expect(Self.ended(Self.drain(&backlog)) == [10])
    }

    @Test("what belongs to a connection that is only counted goes with it")
    func further() {
        var backlog = Backlog(bound: 1)
        let owner = OwnerRecord(connection: 5, process: 1, fromMicroseconds: 1)
        backlog.append(
            Backlog.Entry(
                sample: Self.sample(1, next: 6),
                changes: [
                    .owner(owner), .missed(sample: 1, connection: 5), .ended(Self.connection(5)),
                ]))
        #expect(Self.drain(&backlog).flatMap(\.changes).isEmpty)
    }

    @Test("in the end samples go too, evenly, and what they counted goes to the next")
    func thins() {
        var backlog = Backlog(bound: 60_000)
        for number in 1...1000 as ClosedRange<Int64> {
            backlog.append(
                Backlog.Entry(sample: Self.sample(number, next: 1, active: 1), changes: []))
            #expect(backlog.octets <= 120_000)
        }
        let folded = backlog.takeFolded()
        let entries = Self.drain(&backlog)
        #expect(Int64(entries.count) + folded.samples == 1000)
        let counted = entries.reduce(0) { $0 + ($1.sample?.namespaces[0].recordedActive ?? 0) }
        #expect(counted == 1000)
        #expect(entries.first?.sample?.id == 1 && entries.last?.sample?.id == 1000)
    }

    @Test("sockets that live may go above the bound, but not without end")
    func overrun() {
        var backlog = Backlog(bound: 10_000)
        backlog.append(
            Backlog.Entry(
                sample: Self.sample(1, next: 1001),
                changes: (1...60).map { .alive(Self.connection($0)) }))
        #expect(!backlog.isOverrun)
        backlog.append(
            Backlog.Entry(
                sample: Self.sample(2, next: 1001),
                changes: (61...1000).map { .alive(Self.connection($0)) }))
        #expect(backlog.isOverrun)
    }
}
