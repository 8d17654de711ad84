import Model
import Store

/// A short recording made by hand, whose answers are known: two minutes from
/// 2026-11-23T03:00:00Z, a sample a second, none from 03:01:31 to 03:01:34.
///
/// 1. nginx serves :80 to 198.51.100.1, open before the recording, closed by the peer at 29.5 s
/// 2. nginx serves :80, 10.2 s to 20.2 s exactly, closes first, TIME-WAIT until 80.9 s
/// 3. curl to 203.0.113.5:443, opened within 40–41 s, closed by the peer within 45–46 s
/// 4. curl to 203.0.113.5:444, refused at 50.001 s
/// 5. an oddly named process to [2001:db8::2]:5432, opened at 55 s, CLOSE-WAIT from 60 s to the end
/// 6. nginx serves :80 from 100 s to the end
///
/// The kernel counted two attempts more, so that 5 of 7 were seen.
struct RecordedNight {
    /// 2026-11-23T03:00:00Z.
    static let start: Int64 = 1_795_402_800_000_000
    static let end = start + 120_000_000
    /// A name that would be a formula, and turn a terminal red.
    static let oddName = "=1+1\u{1b}[31m"

    /// Seconds after the start at which a sample was taken.
    static let sampledSeconds = (0...120).filter { !(91...94).contains($0) }

    private let netns: UInt64 = 1

    /// A moment so many seconds after the start.
    static func at(_ seconds: Double) -> Int64 { start + Int64((seconds * 1_000_000).rounded()) }

    /// The sample taken so many seconds after the start.
    static func sample(_ second: Int) -> Int64? {
        sampledSeconds.firstIndex(of: second).map { Int64($0) + 1 }
    }

    /// Records it into a new file; `steps` are clock steps, by second, µs.
    static func record(into path: String, ending: Bool = true, steps: [(Double, Int64)] = []) throws
    {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "night", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.1.0",
                intervalMicroseconds: 1_000_000, startedMicroseconds: start))
        let night = RecordedNight()
        for second in sampledSeconds {
            var changes = night.changes(at: second)
            for (index, step) in steps.enumerated() where Int(step.0) == second {
                let total = steps[...index].reduce(0) { $0 + $1.1 }
                changes.append(
                    .clockStep(
                        ClockStepRecord(
                            atMicroseconds: at(step.0), offsetMicroseconds: step.1,
                            totalMicroseconds: total)))
            }
            try store.write(night.sampleRecord(second), changes: changes)
        }
        if ending { try store.end(atMicroseconds: end, reason: "stopped") }
    }

    private func sampleRecord(_ second: Int) -> SampleRecord {
        let opened = [0, 11, 41, 51, 55, 100].filter { $0 <= second }.count
        var sample = SampleRecord(
            id: Self.sample(second) ?? 0, sampledMicroseconds: Self.at(Double(second)),
            nextConnection: Int64(opened) + 1)
        var counts = StateCounts()
        counts.add(.listen)
        for state in states(at: second) { counts.add(state) }
        sample.sockets = counts.total
        sample.fileHandles = FileHandleCounts(
            allocated: 1000 + Int64(second), unused: 0, maximum: 100_000)
        sample.health.fileBytes = 40_960 + Int64(second) * 100
        var namespace = NamespaceSample(netns: netns)
        namespace.states = counts
        // Two attempts at 70 s went unseen.
        namespace.counters.activeOpens =
            1000 + Int64([41, 51, 55, 70, 70].filter { $0 <= second }.count)
        namespace.counters.passiveOpens = 500 + Int64([11, 100].filter { $0 <= second }.count)
        namespace.recordedActive = [41, 51, 55].contains(second) ? 1 : 0
        namespace.recordedPassive = [11, 100].contains(second) ? 1 : 0
        sample.namespaces = [namespace]
        return sample
    }

    private func states(at second: Int) -> [TCPState] {
        var states: [TCPState] = []
        if second <= 29 { states.append(.established) }
        if (11...20).contains(second) { states.append(.established) }
        if (21...80).contains(second) { states.append(.timeWait) }
        if (41...45).contains(second) { states.append(.established) }
        if (55...59).contains(second) { states.append(.established) }
        if second >= 60 { states.append(.closeWait) }
        if second >= 100 { states.append(.established) }
        return states
    }

    private func changes(at second: Int) -> [Change] {
        switch second {
        case 0: beginning
        case 29: [.ended(before)]
        case 41: [.alive(bounded(ended: false))]
        case 45: [.ended(bounded(ended: true))]
        case 51: [.ended(refused)]
        case 55: [.alive(leaked(closing: false))]
        case 60: [.alive(leaked(closing: true)), .descriptors(descriptors(second: 60, open: 500))]
        case 80: [.ended(waited)]
        case 90: [.descriptors(descriptors(second: 90, open: 900))]
        case 95:
            [
                .gap(
                    GapRecord(
                        fromMicroseconds: Self.at(90), untilMicroseconds: Self.at(95),
                        reason: "suspended"))
            ]
        case 100: [.alive(last)]
        default: []
        }
    }
}

// MARK: What there is

extension RecordedNight {
    private static let host = IPAddress(ipv4: 0xc000_020a)  // 192.0.2.10

    private var beginning: [Change] {
        var listener = ListenerRecord(
            id: 1, netns: 1, local: Endpoint(IPAddress(ipv4: 0), 80), interface: 0, cookie: 10,
            firstSeen: Self.start, firstSample: 1)
        listener.process = 1
        listener.backlog = 511
        listener.queuePeak = 3
        listener.accepted = 2
        var source = SourceRecord(id: 1, source: "sock_diag", fromMicroseconds: Self.start)
        source.events = 400
        source.lost = 0
        let limit = LimitRecord(
            id: 1, netns: 1, limit: KernelLimit(name: "ip_local_port_range", value: "32768 60999"),
            fromMicroseconds: Self.start)
        return [
            .process(process(1, pid: 100, "nginx")), .process(process(2, pid: 200, "curl")),
            .process(process(3, pid: 300, Self.oddName)), .listener(listener), .source(source),
            .limit(limit),
            .namespace(NamespaceRecord(netns: 1, inode: 99, name: nil, firstSeen: Self.start)),
            .alive(openBefore(closed: false)), .descriptors(descriptors(second: 0, open: 10)),
            .descriptors(webDescriptors),
        ]
    }

    private func process(_ id: Int64, pid: Int32, _ name: String) -> ProcessRecord {
        ProcessRecord(
            id: id,
            facts: ProcessFacts(
                identity: ProcessIdentity(pid: pid, startTicks: 1), comm: name, uid: 33),
            startedMicroseconds: Self.start - 1_000_000, firstSeen: Self.start)
    }

    private func descriptors(second: Int, open: Int64) -> DescriptorRecord {
        var record = DescriptorRecord(
            id: [0: 1, 60: 2, 90: 3][second] ?? 9, process: 3,
            fromMicroseconds: Self.at(Double(second)), open: open)
        record.softLimit = 1024
        record.hardLimit = 4096
        record.untilMicroseconds = [0: Self.at(60), 60: Self.at(90)][second]
        return record
    }

    private var webDescriptors: DescriptorRecord {
        var record = DescriptorRecord(id: 4, process: 1, fromMicroseconds: Self.start, open: 50)
        record.softLimit = .max
        record.hardLimit = .max
        return record
    }

    private func served(_ id: Int64, peerPort: UInt16) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: id, netns: 1,
            tuple: FourTuple(
                local: Endpoint(Self.host, 80),
                peer: Endpoint(IPAddress(ipv4: 0xc633_6401), peerPort)),  // 198.51.100.1
            cookie: UInt64(id) + 100, state: .established)
        record.role = .server
        record.process = 1
        record.uid = 33
        return record
    }

    private func called(_ id: Int64, port: UInt16, peerPort: UInt16) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: id, netns: 1,
            tuple: FourTuple(
                local: Endpoint(Self.host, port),
                peer: Endpoint(IPAddress(ipv4: 0xcb00_7105), peerPort)),  // 203.0.113.5
            cookie: UInt64(id) + 100, state: .established)
        record.role = .client
        record.process = 2
        record.uid = 1000
        return record
    }

    private func openBefore(closed: Bool) -> ConnectionRecord {
        var record = served(1, peerPort: 40_001)
        record.opened = Bounds(earliest: nil, latest: Self.start)
        record.firstSample = 1
        guard closed else { return record }
        record.closed = Bounds(exactly: Self.at(29.5))
        record.closedBy = .peer
        record.closeKind = .fin
        record.bytesSent = 5000
        record.bytesReceived = 300
        record.lastSample = Self.sample(29)
        return record
    }

    private var before: ConnectionRecord { openBefore(closed: true) }

    private var waited: ConnectionRecord {
        var record = served(2, peerPort: 40_002)
        record.attempted = Bounds(exactly: Self.at(10.2))
        record.opened = Bounds(exactly: Self.at(10.2))
        record.closed = Bounds(exactly: Self.at(20.2))
        record.closedBy = .local
        record.closeKind = .fin
        record.state = .timeWait
        record.firstSample = Self.sample(11)
        record.lastSample = Self.sample(80)
        var wait = TimeWaitRecord(
            entered: Bounds(exactly: Self.at(20.2)), firstSample: Self.sample(21))
        wait.left = Bounds(exactly: Self.at(80.9))
        wait.endedBy = .expired
        record.timeWait = wait
        return record
    }

    private func bounded(ended: Bool) -> ConnectionRecord {
        var record = called(3, port: 45_000, peerPort: 443)
        record.opened = Bounds(earliest: Self.at(40), latest: Self.at(41))
        record.attempted = record.opened
        record.firstSample = Self.sample(41)
        guard ended else { return record }
        record.closed = Bounds(earliest: Self.at(45), latest: Self.at(46))
        record.closedBy = .peer
        record.closeKind = .fin
        record.lastSample = Self.sample(45)
        return record
    }

    private var refused: ConnectionRecord {
        var record = called(4, port: 45_001, peerPort: 444)
        record.state = .synSent
        record.attempted = Bounds(exactly: Self.at(50))
        record.closed = Bounds(exactly: Self.at(50.001))
        record.closedBy = .peer
        record.closeKind = .refused
        return record
    }

    private func leaked(closing: Bool) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: 5, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(high: 0x2001_0db8_0000_0000, low: 1), 50_000),
                peer: Endpoint(IPAddress(high: 0x2001_0db8_0000_0000, low: 2), 5432)),
            cookie: 105, state: closing ? .closeWait : .established)
        record.role = .client
        record.process = 3
        record.attempted = Bounds(exactly: Self.at(54.9))
        record.opened = Bounds(exactly: Self.at(55))
        record.firstSample = Self.sample(55)
        guard closing else { return record }
        var open = SpanRecord(
            state: .established, entered: record.opened, firstSample: Self.sample(55))
        open.left = Bounds(exactly: Self.at(60))
        open.lastSample = Self.sample(59)
        record.spans = [
            open,
            SpanRecord(state: .closeWait, entered: open.left, firstSample: Self.sample(60)),
        ]
        record.closedBy = .peer
        return record
    }

    private var last: ConnectionRecord {
        var record = served(6, peerPort: 40_006)
        record.attempted = Bounds(exactly: Self.at(100))
        record.opened = Bounds(exactly: Self.at(100))
        record.firstSample = Self.sample(100)
        return record
    }
}
