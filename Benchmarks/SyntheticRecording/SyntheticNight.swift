import Ledger
import Model
import Store

/// A night of a synthetic host, recorded through the product's own ledger and store.
struct SyntheticNight {
    private struct Item {
        var moment: Int64
        var life: Int
        var step: SyntheticLife.Step
    }

    /// 2026-01-01 00:00:00 UTC, µs.
    private static let started: Int64 = 1_767_225_600_000_000
    private static let second: Int64 = 1_000_000

    private let store: RecordingStore
    private let perSecond: Double
    private let seconds: Int64
    private var host: SyntheticHost
    private let numbering: Numbering
    private var ledger: ConnectionLedger
    private var processes: ProcessLedger
    private var descriptors: DescriptorLedger
    private var limits: LimitLedger
    private var lives: [SyntheticLife] = []
    private var free: [Int] = []
    /// What happens, by the second in which it does.
    private var agenda: [Int64: [Item]] = [:]
    private var rows: [SocketRow] = []
    /// The life of each row; -1 for listeners.
    private var holders: [Int] = []
    private var counters = KernelCounters()
    private var nextSample: Int64
    /// How many connections have begun.
    private(set) var connections: Int64 = 0
    /// How many samples were taken.
    private(set) var samples: Int64 = 0

    init(store: RecordingStore, connections: Int64, hours: Double, seed: UInt64) throws {
        self.store = store
        seconds = Int64(hours * 3600)
        perSecond = Double(connections) / Double(seconds)
        host = SyntheticHost(seed: seed)
        let next = try store.begin(
            RecordingRecord(
                uuid: "synthetic-\(seed)-\(connections)", host: "synthetic", bootID: "boot",
                kernel: "6.18", version: "synthetic", intervalMicroseconds: Self.second,
                startedMicroseconds: Self.started))
        numbering = Numbering(next)
        nextSample = next.sample
        ledger = ConnectionLedger(netns: SyntheticHost.netns, numbering: numbering)
        processes = ProcessLedger(nextID: next.process)
        descriptors = DescriptorLedger(nextID: next.descriptors)
        limits = LimitLedger(netns: SyntheticHost.netns, numbering: numbering)
        ledger.hear(.full, timers: true, from: Self.started)
        counters.activeOpens = 80_000
        counters.passiveOpens = 90_000
        counters.attemptFails = 400
        counters.establishedResets = 9_000
        counters.retransmittedSegments = 70_000
        counters.listenOverflows = 0
        counters.listenDrops = 0
        counters.timeWaitEntries = 70_000
        counters.timeWaitOverflow = 0
    }

    /// Records it from the first second to the last.
    mutating func run() throws {
        listen()
        try sample(at: Self.started)
        ledger.beginCounting(at: Self.started)
        for second in 1...seconds {
            let start = Self.started + (second - 1) * Self.second
            begin(after: start)
            play(agenda.removeValue(forKey: second - 1) ?? [])
            try sample(at: start + Self.second)
        }
        let end = Self.started + seconds * Self.second
        try store.write(nil, changes: ledger.flush())
        try store.end(atMicroseconds: end, reason: "stopped")
    }

    private mutating func listen() {
        for service in SyntheticHost.services where !service.isClient {
            var row = SocketRow(
                cookie: UInt64(service.port),
                tuple: FourTuple(
                    local: Endpoint(IPAddress(ipv4: 0), service.port),
                    peer: Endpoint(IPAddress(ipv4: 0), 0)), state: .listen)
            guard !rows.contains(where: { $0.tuple == row.tuple }) else { continue }
            row.sendQueue = 511
            rows.append(row)
            holders.append(-1)
        }
    }

    private mutating func begin(after moment: Int64) {
        for service in SyntheticHost.services {
            for _ in 0..<host.arrivals(service, perSecond: perSecond) {
                let life = host.life(service, after: moment)
                connections += 1
                let index = free.popLast() ?? lives.count
                if index < lives.count { lives[index] = life } else { lives.append(life) }
                for (step, moment) in life.agenda {
                    let key = (moment - Self.started) / Self.second
                    agenda[key, default: []].append(
                        Item(moment: moment, life: index, step: step))
                }
            }
        }
    }

    private mutating func play(_ items: [Item]) {
        for item in items.sorted(by: {
            ($0.moment, $0.step.rawValue) < ($1.moment, $1.step.rawValue)
        }) {
            for event in lives[item.life].events(at: item.step) {
                ledger.observe(
                    event, at: event.bootNanoseconds / 1_000, process: lives[item.life].process)
            }
            count(lives[item.life], item.step)
            show(item.life, after: item.step)
        }
    }

    /// The kernel's own counters.
    private mutating func count(_ life: SyntheticLife, _ step: SyntheticLife.Step) {
        switch step {
        case .attempted: counters.activeOpens? += 1
        case .opened where !life.isClient: counters.passiveOpens? += 1
        case .ended where life.course == .refused: counters.attemptFails? += 1
        case .ended where life.course == .reset: counters.establishedResets? += 1
        case .ended where life.course == .active: counters.timeWaitEntries? += 1
        default: break
        }
    }

    private mutating func show(_ index: Int, after step: SyntheticLife.Step) {
        let place = lives[index].place
        if let row = lives[index].row(after: step) {
            if place >= 0 {
                rows[place] = row
            } else {
                lives[index].place = rows.count
                rows.append(row)
                holders.append(index)
            }
            return
        }
        if place >= 0 {
            let last = rows.count - 1
            rows.swapAt(place, last)
            holders.swapAt(place, last)
            if holders[place] >= 0 { lives[holders[place]].place = place }
            rows.removeLast()
            holders.removeLast()
        }
        free.append(index)
    }

    private mutating func sample(at moment: Int64) throws {
        host.move(&rows)
        for place in rows.indices where rows[place].state == .timeWait {
            let due = lives[holders[place]].ended - 1 + 60_000_000
            rows[place].expiresMilliseconds = UInt32(max(0, due - moment) / 1_000)
        }
        ledger.beginSample(nextSample)
        let window = Window(earliest: moment, latest: moment + Int64(rows.count))
        ledger.observe(rows, in: Window(earliest: moment, latest: moment))
        let absentees = ledger.endDump(window, complete: true)
        for absentee in absentees { ledger.settle(absentee, .gone, at: window) }
        ledger.countUntil(moment)
        let result = ledger.endSample()
        var changes = look(at: moment)
        changes += result.changes
        try store.write(record(result, at: moment), changes: changes)
        nextSample += 1
        samples += 1
    }

    /// Limits, which never change, processes and their descriptors.
    private mutating func look(at moment: Int64) -> [Change] {
        limits.observe(SyntheticHost.limits, at: moment)
        let names = ["nginx", "app", "node_exporter", "sshd"]
        for process in Int64(1)...14 {
            let name = names[process < 5 ? 0 : process < 13 ? 1 : process < 14 ? 2 : 3]
            let identity = ProcessIdentity(pid: Int32(1_000 + process), startTicks: 100)
            if samples == 0 {
                _ = processes.observe(
                    ProcessFacts(
                        identity: identity, comm: name, executable: "/usr/sbin/" + name, uid: 33,
                        cgroup: "/system.slice/\(name).service", unit: name + ".service"),
                    startedMicroseconds: moment - 100_000_000, at: moment)
            }
            let open = Int64(rows.count / 100) + host.number(0...2)
            descriptors.observe(
                ProcessDescriptors(
                    identity: identity, open: open, softLimit: 1_024, hardLimit: 524_288),
                process: process, at: moment)
        }
        return limits.takeChanges() + processes.takeChanges() + descriptors.takeChanges()
    }

    private mutating func record(_ result: LedgerResult, at moment: Int64) -> SampleRecord {
        var record = SampleRecord(
            id: nextSample, sampledMicroseconds: moment, nextConnection: numbering.nextConnection)
        record.dumpMicroseconds = 2_000 + Int64(rows.count) + host.number(0...999)
        record.sockets = result.states.total
        record.fileHandles = FileHandleCounts(
            allocated: 4_000 + host.number(0...400), unused: 0, maximum: .max)
        record.health.lagMicroseconds = host.number(60...4_000)
        record.health.writeMicroseconds = host.number(1_000...9_000)
        record.health.backlogBytes = 0
        record.health.lateEvents = ledger.lateEvents
        record.health.drift = ledger.drift
        record.health.memoryBytes = 50_000_000 + host.number(0...900) * 4_096
        record.health.fileBytes = store.fileBytes
        var part = NamespaceSample(netns: SyntheticHost.netns)
        part.states = result.states
        part.counters = counters
        part.counters.retransmittedSegments? += Int64(samples)
        part.statistics = statistics(result.states)
        part.recordedActive = result.recordedActive
        part.recordedPassive = result.recordedPassive
        part.recordedUnattributed = result.recordedUnattributed
        record.namespaces = [part]
        return record
    }

    private mutating func statistics(_ states: StateCounts) -> SocketStatistics {
        let full = states.total - states[.timeWait]
        var statistics = SocketStatistics()
        statistics.socketsUsed = 300 + full + host.number(0...5)
        statistics.tcpInUse = full
        statistics.tcpOrphans = host.number(0...9)
        statistics.tcpTimeWait = states[.timeWait]
        statistics.tcpAllocated = full + host.number(0...9)
        statistics.tcpMemoryPages = host.number(100...999)
        statistics.udpInUse = 12
        statistics.udpMemoryPages = 4
        return statistics
    }
}
