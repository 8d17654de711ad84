import Model
import Recorder
import Synchronization

/// A clock that a test moves: sleeping jumps to the moment asked for, and `happenings` step the
/// wall clock or let the host sleep on the way.
final class FakeClock: RecorderClock {
    struct State {
        var reading = ClockReading(
            boot: 5_000_000_000, wall: 1_700_000_000_000_000_000, monotonic: 4_000_000_000)
        /// By how much the wall clock steps before the n-th sleep ends, ns.
        var wallSteps: [Int: Int64] = [:]
        /// How long the host sleeps before the n-th sleep ends, ns.
        var suspends: [Int: Int64] = [:]
        /// For how long the process stands still before the n-th sleep ends, ns.
        var halts: [Int: Int64] = [:]
        var sleeps = 0
    }

    let state: Mutex<State>

    init(
        wall: Int64 = 1_700_000_000_000_000_000, wallSteps: [Int: Int64] = [:],
        suspends: [Int: Int64] = [:], halts: [Int: Int64] = [:]
    ) {
        var state = State()
        state.reading.wall = wall
        state.wallSteps = wallSteps
        state.suspends = suspends
        state.halts = halts
        self.state = Mutex(state)
    }

    func now() -> ClockReading { state.withLock { $0.reading } }

    /// Lets time pass, as work does.
    func pass(_ nanoseconds: Int64) {
        state.withLock {
            $0.reading.boot += nanoseconds
            $0.reading.wall += nanoseconds
            $0.reading.monotonic += nanoseconds
        }
    }

    func sleep(untilBoot nanoseconds: Int64) async throws {
        try Task.checkCancellation()
        let wait = state.withLock { nanoseconds - $0.reading.boot }
        if wait > 0 { pass(wait) }
        let halt = state.withLock { state in
            state.sleeps += 1
            return state.halts[state.sleeps] ?? 0
        }
        pass(halt)
        state.withLock {
            $0.reading.wall += $0.wallSteps[$0.sleeps] ?? 0
            let asleep = $0.suspends[$0.sleeps] ?? 0
            $0.reading.boot += asleep
            $0.reading.wall += asleep
        }
        await Task.yield()
    }
}

/// A kernel whose table a test writes down, sample by sample; the last one stays.
/// Unchecked: the test looks at it only before and after the recorder ran.
final class FakeKernel: TCPSource, HostSource, @unchecked Sendable {
    let name = "sock_diag"
    let clock: FakeClock
    var tables: [[SocketRow]]
    var failures: [Int: String] = [:]
    /// How long the n-th dump takes, ns; 1 ms unless told.
    var dumpTimes: [Int: Int64] = [:]
    var dumps = 0
    /// How long it takes to read the counters for the n-th time, ns.
    var counterTimes: [Int: Int64] = [:]
    private var readings = 0
    var exactAnswers: [UInt64: ExactAnswer] = [:]
    var asked: [UInt64] = []
    var notes: [SourceNote] = []
    var opens: Int64 = 1000
    var opensPerDump: Int64 = 0
    var journal: [String] = []
    var ownerBudgets: [Int64] = []
    /// Where each walk looked first.
    var likelyOwners: [Set<ProcessIdentity>] = []
    /// Who holds which inode.
    var holders: [UInt64: [ProcessIdentity]] = [:]
    /// How long each walk for owners takes, ns.
    var walkTime: Int64 = 0

    init(clock: FakeClock, tables: [[SocketRow]]) {
        self.clock = clock
        self.tables = tables
    }

    func dump(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome {
        let before = clock.now().boot
        clock.pass(dumpTimes[dumps] ?? 1_000_000)
        let window = BootWindow(earliest: before, latest: clock.now().boot)
        let rows = dumps < tables.count ? tables[dumps] : tables.last ?? []
        consume(window, rows)
        defer { dumps += 1 }
        opens += opensPerDump
        journal.append("dump")
        return DumpOutcome(window: window, rows: rows.count, failure: failures[dumps])
    }

    /// Listening sockets of the table that the next dump will show.
    func listeners(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome? {
        let now = clock.now().boot
        let table = dumps < tables.count ? tables[dumps] : tables.last ?? []
        let rows = table.filter { $0.state == .listen }
        let window = BootWindow(earliest: now, latest: now)
        consume(window, rows)
        return DumpOutcome(window: window, rows: rows.count, failure: nil)
    }

    func find(_ tuple: FourTuple, cookie: UInt64) -> ExactAnswer {
        asked.append(cookie)
        return exactAnswers[cookie] ?? .gone
    }

    /// Without a timer tick samples come at whole intervals.
    var jiffy: Int64 = 0
    var facts: HostFacts {
        HostFacts(
            hostname: "host", bootID: "boot", kernelRelease: "6.1", netnsCookie: 1,
            netnsInode: 4_026_531_840, jiffyMicroseconds: jiffy, ticksPerSecond: 100)
    }

    let residentOctets: Int64? = 20_000_000
    let hasCookies = true

    /// The kernel's only network namespace.
    var namespace: FakeNamespace { FakeNamespace(kernel: self) }

    func counters() -> KernelCounters {
        journal.append("counters")
        clock.pass(counterTimes[readings] ?? 0)
        readings += 1
        var counters = KernelCounters()
        counters.activeOpens = opens
        counters.passiveOpens = 0
        return counters
    }

    func socketStatistics() -> SocketStatistics { SocketStatistics() }

    func fileHandles() -> FileHandleCounts? {
        FileHandleCounts(allocated: 100, unused: 0, maximum: 1000)
    }

    func limits() -> [KernelLimit] { [KernelLimit(name: "somaxconn", value: "4096")] }
    /// UDP sockets at each look; the last ones stay.
    var datagramTables: [[DatagramRow]] = [[]]

    func datagrams() -> [DatagramRow]? {
        datagramTables.count > 1 ? datagramTables.removeFirst() : datagramTables.first
    }
    /// What a look at every process shows, and how long it takes, ns.
    var running: [ProcessDescriptors] = []
    var scanTime: Int64 = 0
    var scans = 0

    func processes() -> ProcessScan {
        scans += 1
        clock.pass(scanTime)
        return ProcessScan(processes: running, hidden: 0)
    }

    func facts(of process: ProcessIdentity) -> ProcessFacts? {
        running.isEmpty ? nil : ProcessFacts(identity: process, comm: "worker")
    }

    func owners(
        of inodes: Set<UInt64>, likely: Set<ProcessIdentity>, budgetNanoseconds: Int64
    ) -> OwnerScan {
        ownerBudgets.append(budgetNanoseconds)
        likelyOwners.append(likely)
        clock.pass(walkTime)
        let found = holders.filter { inodes.contains($0.key) }
        return OwnerScan(owners: found, complete: false, hidden: 0)
    }
}

/// A network namespace whose table and counters a fake kernel gives.
struct FakeNamespaceError: Error {}

final class FakeNamespace: NetworkNamespace {
    let facts = NamespaceFacts(cookie: 1, inode: 4_026_531_840)
    private let kernel: FakeKernel

    init(kernel: FakeKernel) { self.kernel = kernel }

    var tcp: any TCPSource { kernel }
    func counters() -> KernelCounters { kernel.counters() }
    func socketStatistics() -> SocketStatistics { kernel.socketStatistics() }
    func limits() -> [KernelLimit] { [] }
    func datagrams() -> [DatagramRow]? { kernel.datagrams() }
    func closes() throws -> any CloseSource { throw FakeNamespaceError() }
}

/// Keeps what a recorder writes. Unchecked: looked at only after the recorder ran.
final class MemorySink: RecordingSink, @unchecked Sendable {
    var recording: RecordingRecord?
    var samples: [SampleRecord] = []
    /// The changes written with each sample; those without one last.
    var changes: [[Change]] = []
    var end: (at: Int64, reason: String)?
    let fileBytes: Int64? = 4096
    /// What the file says of where to count on.
    var next = NextIdentifiers()

    func begin(_ recording: RecordingRecord) -> NextIdentifiers {
        self.recording = recording
        return next
    }

    func write(_ sample: SampleRecord?, changes: [Change]) {
        if let sample { samples.append(sample) }
        self.changes.append(changes)
    }

    func end(atMicroseconds: Int64, reason: String) { end = (atMicroseconds, reason) }
    func release() {}

    var logBytes: Int64?
    func trouble(_ error: any Error) -> SinkTrouble { .final }

    var all: [Change] { changes.flatMap { $0 } }
}

/// Keeps what a recorder says.
final class Notices: RecorderObserver {
    private let state = Mutex<(texts: [String], progress: RecorderProgress)>(([], .init()))

    var texts: [String] { state.withLock { $0.texts } }
    var progress: RecorderProgress { state.withLock { $0.progress } }

    func sampled(_ progress: RecorderProgress) { state.withLock { $0.progress = progress } }
    func pulse() {}
    func notice(_ text: String) { state.withLock { $0.texts.append(text) } }
}

/// Finds a second namespace, `blue`, while it lives; its table and counters are empty.
final class FakeFinder: NamespaceFinder {
    let notes: [SourceNote] = []
    private let kernel: FakeKernel
    private let lives: Range<Int64>
    /// How long a dump of the second one takes, ns.
    private let dumpLasts: Int64

    init(kernel: FakeKernel, lives: Range<Int64> = 0..<Int64.max, dumpLasts: Int64 = 0) {
        self.kernel = kernel
        self.lives = lives
        self.dumpLasts = dumpLasts
    }

    func scan() -> [NamespaceFacts] {
        let own = kernel.namespace.facts
        guard lives.contains(kernel.clock.now().boot) else { return [own] }
        return [own, NamespaceFacts(cookie: 2, inode: 77, name: "blue")]
    }

    func enter(_ namespace: NamespaceFacts) throws -> any NetworkNamespace {
        guard lives.contains(kernel.clock.now().boot) else { throw FakeNamespaceError() }
        return EmptyNamespace(facts: namespace, clock: kernel.clock, dumpLasts: dumpLasts)
    }
}

/// A namespace in which a dump never shows a socket; exact requests find what was asked for.
final class EmptyNamespace: NetworkNamespace, TCPSource {
    let facts: NamespaceFacts
    let name = "sock_diag"
    let hasCookies = true
    private let clock: FakeClock
    private let dumpLasts: Int64

    init(facts: NamespaceFacts, clock: FakeClock, dumpLasts: Int64) {
        self.facts = facts
        self.clock = clock
        self.dumpLasts = dumpLasts
    }

    var tcp: any TCPSource { self }
    func dump(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome {
        let now = clock.now().boot
        clock.pass(dumpLasts)
        return DumpOutcome(
            window: BootWindow(earliest: now, latest: now + dumpLasts), rows: 0, failure: nil)
    }

    func listeners(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome? { nil }

    func find(_ tuple: FourTuple, cookie: UInt64) -> ExactAnswer {
        .found(SocketRow(cookie: cookie, tuple: tuple, state: .established))
    }

    func counters() -> KernelCounters {
        var counters = KernelCounters()
        counters.activeOpens = 0
        counters.passiveOpens = 0
        return counters
    }

    func socketStatistics() -> SocketStatistics { SocketStatistics() }
    func limits() -> [KernelLimit] { [] }
    func datagrams() -> [DatagramRow]? { [] }
    func closes() throws -> any CloseSource { throw FakeNamespaceError() }
}
