import Ledger
import Model
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@testable import Recorder

@Suite("A recorder")
struct RecorderTests {
    /// What one recording of so many seconds left behind.
    struct Outcome {
        var sink: MemorySink
        var notices: Notices
        var kernel: FakeKernel
    }

    static func row(_ number: UInt16, _ state: TCPState = .established) -> SocketRow {
        let tuple = FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x7f00_0001), number),
            peer: Endpoint(IPAddress(ipv4: 0x7f00_0001), 80))
        return SocketRow(cookie: UInt64(number), tuple: tuple, state: state)
    }

    static func record(
        seconds: Int64 = 5, interval: Int64 = 1_000_000_000, clock: FakeClock = FakeClock(),
        tables: [[SocketRow]] = [[]], dumpEvery: Int64? = nil, axisStart: Int64? = nil,
        arrange: (FakeKernel) -> Void = { _ in }, sink prepare: (MemorySink) -> Void = { _ in }
    ) async throws -> Outcome {
        let kernel = FakeKernel(clock: clock, tables: tables)
        arrange(kernel)
        let sink = MemorySink()
        prepare(sink)
        sink.next.axisStart = axisStart
        let notices = Notices()
        let recorder = Recorder(
            settings: RecorderSettings(
                intervalNanoseconds: interval, durationNanoseconds: seconds * 1_000_000_000,
                dumpNanoseconds: dumpEvery, uuid: { "u" }, version: "1"), clock: clock,
            sources: RecorderSources(namespace: kernel.namespace, host: kernel), sink: sink,
            observer: notices, reopen: { MemorySink() })
        try await recorder.run()
        return Outcome(sink: sink, notices: notices, kernel: kernel)
    }

    @Test("samples at whole intervals from its start, however long a dump takes")
    func noDrift() async throws {
        let outcome = try await Self.record(dumpEvery: 1_000_000_000) { kernel in
            kernel.dumpTimes = [0: 300_000_000, 1: 10_000_000, 2: 700_000_000]
        }
        let times = outcome.sink.samples.map(\.sampledMicroseconds)
        let first = try #require(times.first)
        #expect(times.map { $0 - first } == [0, 1, 2, 3, 4, 5].map { $0 * 1_000_000 })
        #expect(outcome.sink.samples[2].dumpMicroseconds == 700_000)
    }

    @Test("says once that a reader keeps the file's log from shrinking")
    func log() async throws {
        for (octets, told) in [(200 << 20, 0), (300 << 20, 1)] as [(Int64, Int)] {
            let outcome = try await Self.record(sink: { $0.logBytes = octets })
            #expect(outcome.notices.texts.count { $0.contains("log takes 300 MiB") } == told)
        }
    }

    @Test("meets another phase of the kernel's timer tick each time, and still does not drift")
    func phases() async throws {
        let outcome = try await Self.record(seconds: 40) { $0.jiffy = 4000 }
        let times = outcome.sink.samples.dropLast().map(\.sampledMicroseconds)
        let first = try #require(times.first)
        let phases = times.enumerated().map { $1 - first - Int64($0) * 1_000_000 }
        #expect(phases.allSatisfy { (0..<4000).contains($0) })
        // Each quarter of a tick is met.
        #expect(Set(phases.map { $0 / 1000 }).count == 4)
    }

    @Test("saw a UDP socket that is gone last when it looked before, not when it was gone")
    func goneDatagrams() async throws {
        let row = DatagramRow(
            cookie: 9,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0x7f00_0001), 53),
                peer: Endpoint(IPAddress(ipv4: 0), 0)),
            uid: 0, inode: 0)
        let outcome = try await Self.record(seconds: 21) { $0.datagramTables = [[row], [row], []] }
        let first = try #require(outcome.sink.samples.first?.sampledMicroseconds)
        let seen = outcome.sink.all.compactMap { change in
            if case .datagram(let record) = change { record.lastSeen } else { nil }
        }
        #expect(seen.map { $0 - first } == [10_000_000])
    }

    @Test("looks for owners for a fifth of the interval, and never for more than 200 ms")
    func ownerBudget() async throws {
        for (interval, budget) in [(100_000_000, 20_000_000), (10_000_000_000, 200_000_000)] {
            var row = Self.row(1)
            row.inode = 7
            let outcome = try await Self.record(
                seconds: 20, interval: Int64(interval), tables: [[row]])
            #expect(Set(outcome.kernel.ownerBudgets) == [Int64(budget)])
        }
    }

    @Test("looks for the owner of an accepted socket first in the process that listens there")
    func likelyOwner() async throws {
        let server = ProcessIdentity(pid: 40, startTicks: 400)
        var accepted = Self.row(1)
        accepted.inode = 7
        let tuple = FourTuple(local: accepted.tuple.local, peer: Endpoint(IPAddress(ipv4: 0), 0))
        var listening = SocketRow(cookie: 2, tuple: tuple, state: .listen)
        listening.inode = 5
        var elsewhere = Self.row(3)
        elsewhere.inode = 9
        let outcome = try await Self.record(
            seconds: 3, tables: [[listening], [listening, accepted], [listening, elsewhere]]
        ) {
            $0.running = [ProcessDescriptors(identity: server, open: 3)]
            $0.holders = [5: [server], 7: [server]]
        }
        #expect(Array(outcome.kernel.likelyOwners.prefix(3)) == [[], [server], []])
    }

    @Test("looks for owners 0.5 % of the time where events name them, after half a second at first")
    func ownerPace() async throws {
        var row = Self.row(1)
        row.inode = 7
        let alone = try await Self.record(seconds: 9, tables: [[row]]) {
            $0.walkTime = 200_000_000
        }
        #expect(alone.kernel.ownerBudgets.count == 10)
        var heard: FakeKernel?
        _ = try await RecorderEventTests.record(
            seconds: 119, tables: [[row]],
            kernel: {
                $0.walkTime = 200_000_000
                heard = $0
            }, [])
        // Three at once; what the third took too much is made up for by 21 s; then one in 40 s.
        #expect(heard?.ownerBudgets.count == 6)
    }

    @Test("skips and counts the ticks that it cannot meet")
    func skips() async throws {
        let outcome = try await Self.record(seconds: 6) { $0.dumpTimes = [1: 2_500_000_000] }
        let first = try #require(outcome.sink.samples.first?.sampledMicroseconds)
        let times = outcome.sink.samples.map { $0.sampledMicroseconds - first }
        #expect(times == [0, 1, 4, 5, 6].map { $0 * 1_000_000 })
        #expect(outcome.notices.progress.skippedTicks == 2)
        let lost = outcome.sink.all.compactMap { change in
            if case .source(let record) = change, record.source == "schedule" {
                record.lost
            } else {
                nil
            }
        }
        #expect(lost.last == 2)
    }

    @Test("records a step of the wall clock, which moves neither order nor durations")
    func clockStep() async throws {
        let clock = FakeClock(wallSteps: [2: -3_600_000_000_000, 4: 90_000_000_000])
        let outcome = try await Self.record(clock: clock)
        let times = outcome.sink.samples.map(\.sampledMicroseconds)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 1_000_000 })
        let steps = outcome.sink.all.compactMap { change in
            if case .clockStep(let step) = change { step } else { nil }
        }
        let start = try #require(times.first)
        #expect(
            steps == [
                ClockStepRecord(
                    atMicroseconds: start + 2_000_000, offsetMicroseconds: -3_600_000_000,
                    totalMicroseconds: -3_600_000_000),
                ClockStepRecord(
                    atMicroseconds: start + 4_000_000, offsetMicroseconds: 90_000_000,
                    totalMicroseconds: -3_510_000_000),
            ])
        #expect(outcome.notices.texts.contains("the wall clock stepped by -3600.0 s"))
    }

    @Test("writes a gap for the time that the host slept")
    func suspended() async throws {
        let clock = FakeClock(suspends: [2: 30_000_000_000])
        let outcome = try await Self.record(seconds: 40, clock: clock)
        let gaps = outcome.sink.all.compactMap { change in
            if case .gap(let gap) = change { gap } else { nil }
        }
        let start = try #require(outcome.sink.samples.first?.sampledMicroseconds)
        #expect(gaps.count == 1)
        #expect(gaps.first?.reason == "suspended")
        #expect(gaps.first?.fromMicroseconds == start + 1_000_000)
        #expect(gaps.first?.untilMicroseconds == start + 32_000_000)
    }

    @Test(
        "writes a gap where it stands still for 6 s, wherever it stands",
        arguments: ["between samples", "in a dump", "after a dump"])
    func standstill(_ place: String) async throws {
        let pause: Int64 = 6_000_000_000
        let clock = FakeClock(halts: place == "between samples" ? [2: pause] : [:])
        let outcome = try await Self.record(
            seconds: 20, clock: clock, dumpEvery: 1_000_000_000
        ) { kernel in
            if place == "in a dump" { kernel.dumpTimes = [2: pause] }
            if place == "after a dump" { kernel.counterTimes = [2: pause] }
        }
        let start = try #require(outcome.sink.samples.first?.sampledMicroseconds)
        let gaps = outcome.sink.all.compactMap { change in
            if case .gap(let gap) = change { gap } else { nil }
        }
        #expect(gaps.map(\.reason) == ["overload"])
        let gap = try #require(gaps.first)
        // From the second or third second on, to the first sample after the standstill.
        let length = (gap.untilMicroseconds - gap.fromMicroseconds) / 1000
        #expect((6000...7100).contains(length), "\(length) ms")
        #expect([1000, 2000].contains((gap.fromMicroseconds - start) / 1000))
        #expect(outcome.notices.progress.skippedTicks >= 5)
    }

    @Test("reads the counters before the first dump and after every later one")
    func counterOrder() async throws {
        let outcome = try await Self.record(seconds: 2)
        #expect(
            outcome.kernel.journal == ["counters", "dump", "dump", "counters", "dump", "counters"])
    }

    @Test("says what a privilege hides once, in the log and in the recording")
    func notes() async throws {
        let note = SourceNote(source: "owners", reason: "3 processes hidden: run as root")
        let outcome = try await Self.record { $0.notes = [note] }
        #expect(outcome.notices.texts.filter { $0.contains("3 processes hidden") }.count == 1)
        let rows = outcome.sink.changes.dropLast().flatMap { $0 }.filter { change in
            if case .source(let record) = change { record.source == "owners" } else { false }
        }
        #expect(rows.count == 1)
    }

    @Test("takes a broken dump as broken: no count, nothing closed")
    func brokenDump() async throws {
        let both = [Self.row(1), Self.row(2)]
        let outcome = try await Self.record(
            seconds: 2, tables: [both, [Self.row(1)], both]
        ) { $0.failures = [1: "ENOBUFS"] }
        #expect(outcome.sink.samples.map(\.complete) == [true, false, true])
        #expect(outcome.sink.samples.map(\.sockets) == [2, nil, 2])
        #expect(outcome.kernel.asked.isEmpty)
        #expect(!outcome.sink.all.contains { if case .ended = $0 { true } else { false } })
    }

    @Test("asks for a socket that a dump did not show before it calls it closed")
    func exactRequest() async throws {
        let outcome = try await Self.record(
            seconds: 3, tables: [[Self.row(1), Self.row(2)], [Self.row(1)]]
        ) { $0.exactAnswers = [2: .found(Self.row(2))] }
        #expect(outcome.kernel.asked == [2, 2, 2])
        let missed = outcome.sink.all.filter { if case .missed = $0 { true } else { false } }
        #expect(missed.count == 3)
        #expect(!outcome.sink.all.contains { if case .ended = $0 { true } else { false } })
    }

    @Test("writes nothing but its sample for a table that stands still")
    func stillTable() async throws {
        let table = (1...50).map { Self.row(UInt16($0)) }
        let outcome = try await Self.record(seconds: 9, tables: [table])
        #expect(outcome.sink.changes[1..<9].allSatisfy { $0.isEmpty })
        #expect(outcome.sink.samples.count == 10)
    }

    @Test("compares what it recorded with what the kernel counted")
    func coverage() async throws {
        let outcome = try await Self.record(
            seconds: 2, tables: [[], [Self.row(1)], [Self.row(1), Self.row(2)]]
        ) { $0.opensPerDump = 2 }
        #expect(outcome.notices.progress.kernelOpens == 6)
        #expect(outcome.notices.progress.recordedOpens == 2)
    }

    @Test("keeps an eye on itself: lag, write time, memory, the file's size")
    func health() async throws {
        let outcome = try await Self.record(seconds: 2)
        let health = outcome.sink.samples[1].health
        #expect(health.memoryBytes == 20_000_000)
        #expect(health.fileBytes == 4096)
        #expect(health.lagMicroseconds == 0)
        #expect(health.writeMicroseconds == 0)
    }

    @Test("ends with a last sample when it is told to stop")
    func gracefulShutdown() async throws {
        let clock = FakeClock()
        let kernel = FakeKernel(clock: clock, tables: [[]])
        let sink = MemorySink()
        let recorder = Recorder(
            settings: RecorderSettings(
                intervalNanoseconds: 1_000_000_000, durationNanoseconds: nil, uuid: { "u" },
                version: "1"), clock: clock,
            sources: RecorderSources(namespace: kernel.namespace, host: kernel), sink: sink,
            observer: Notices(), reopen: { MemorySink() })
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await recorder.run() }
                group.addTask { trigger.triggerGracefulShutdown() }
                try await group.waitForAll()
            }
        }
        #expect(sink.end?.reason == "stopped")
        #expect(!sink.samples.isEmpty)
    }
}
