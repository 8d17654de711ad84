import Model
import Store

/// Ten minutes made by hand in which whatever a test asks for goes wrong: from
/// 2026-11-23T03:00:00Z, a sample every 10 s, one namespace, nothing in it at first.
struct TroubledNight {
    /// 2026-11-23T03:00:00Z.
    static let start: Int64 = 1_795_402_800_000_000
    static let end = at(600)
    static let seconds = Array(stride(from: 0, through: 600, by: 10))

    /// Settings of the namespace, and those of the host.
    var limits: [String: String] = [
        "ip_local_port_range": "32768 60999", "ip_local_reserved_ports": "", "tcp_tw_reuse": "0",
        "tcp_max_tw_buckets": "1000", "tcp_max_syn_backlog": "128", "somaxconn": "4096",
        "tcp_syncookies": "1",
    ]
    var hostLimits: [String: String] = ["tcp_max_orphans": "1000", "tcp_mem": "10 20 1000"]
    var counters: (_ second: Int, _ counters: inout KernelCounters) -> Void = { _, _ in }
    var states: (_ second: Int) -> [(TCPState, Int64)] = { _ in [] }
    var allocated: (_ second: Int) -> Int64 = { _ in 100 }
    /// Recorded as server at the last sample.
    var recorded: Int64 = 0
    /// Without ids.
    var connections: [ConnectionRecord] = []
    /// Counts of descriptors of the process `leaky` from so many seconds on, the soft limit.
    var descriptors: [(from: Int, open: Int64)] = []
    var softLimit: Int64 = 1024
    /// The most seen in the accept queue of `app` on port 80, which has room for 10.
    var queuePeak: UInt32 = 0
    /// Seconds.
    var gap: Range<Int>?

    /// A moment so many seconds after the start.
    static func at(_ seconds: Double) -> Int64 { start + Int64((seconds * 1e6).rounded()) }

    /// Records it into a new file.
    func record(into path: String) throws {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "troubled", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.2.0",
                intervalMicroseconds: 10_000_000, startedMicroseconds: Self.start))
        for second in Self.seconds where !(gap?.contains(second) ?? false) {
            var changes = second == 0 ? beginning : []
            if second == 600 { changes += ending }
            try store.write(sample(second), changes: changes)
        }
        try store.end(atMicroseconds: Self.end, reason: "stopped")
    }

    private func sample(_ second: Int) -> SampleRecord {
        var sample = SampleRecord(
            id: Int64(second / 10) + 1, sampledMicroseconds: Self.at(Double(second)),
            nextConnection: second < 600 ? 1 : Int64(connections.count) + 1)
        var counts = StateCounts()
        for (state, number) in states(second) { counts.add(state, count: number) }
        sample.sockets = counts.total
        sample.fileHandles = FileHandleCounts(
            allocated: allocated(second), unused: 0, maximum: 1000)
        var namespace = NamespaceSample(netns: 1)
        namespace.states = counts
        // What was counted before the recording says nothing of it.
        namespace.counters.activeOpens = 7000
        namespace.counters.passiveOpens = 5000
        namespace.counters.listenOverflows = 40
        namespace.counters.listenDrops = 50
        namespace.counters.timeWaitOverflow = 60
        counters(second, &namespace.counters)
        namespace.statistics.tcpOrphans = 1
        namespace.statistics.tcpMemoryPages = 5
        if second == 600 { namespace.recordedPassive = recorded }
        sample.namespaces = [namespace]
        return sample
    }

    private var beginning: [Change] {
        var id: Int64 = 0
        var changes: [Change] = [
            .namespace(NamespaceRecord(netns: 1, inode: 9, name: nil, firstSeen: Self.start)),
            .process(process(1, pid: 100, "app")), .process(process(2, pid: 200, "leaky")),
        ]
        for (netns, settings) in [(UInt64?.some(1), limits), (nil, hostLimits)] {
            for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
                id += 1
                changes.append(
                    .limit(
                        LimitRecord(
                            id: id, netns: netns, limit: KernelLimit(name: name, value: value),
                            fromMicroseconds: Self.start)))
            }
        }
        return changes + spans.map { .descriptors($0) } + [.listener(listener)]
    }

    private var listener: ListenerRecord {
        var listener = ListenerRecord(
            id: 1, netns: 1, local: Endpoint(IPAddress(ipv4: 0), 80), interface: 0, cookie: 1,
            firstSeen: Self.start, firstSample: 1)
        listener.process = 1
        listener.backlog = 10
        listener.queuePeak = queuePeak
        return listener
    }

    private var spans: [DescriptorRecord] {
        descriptors.enumerated().map { index, count in
            var record = DescriptorRecord(
                id: Int64(index) + 1, process: 2, fromMicroseconds: Self.at(Double(count.from)),
                open: count.open)
            record.softLimit = softLimit
            record.hardLimit = softLimit
            if index + 1 < descriptors.count {
                record.untilMicroseconds = Self.at(Double(descriptors[index + 1].from))
            }
            return record
        }
    }

    private var ending: [Change] {
        let changes = connections.enumerated().map { index, connection -> Change in
            var connection = connection
            connection.id = Int64(index) + 1
            connection.cookie = UInt64(index) + 100
            return connection.closed.latest == nil ? .alive(connection) : .ended(connection)
        }
        guard let gap else { return changes }
        return changes + [
            .gap(
                GapRecord(
                    fromMicroseconds: Self.at(Double(gap.lowerBound)),
                    untilMicroseconds: Self.at(Double(gap.upperBound)), reason: "suspended"))
        ]
    }

    private func process(_ id: Int64, pid: Int32, _ name: String) -> ProcessRecord {
        ProcessRecord(
            id: id,
            facts: ProcessFacts(
                identity: ProcessIdentity(pid: pid, startTicks: 1), comm: name, uid: 33),
            startedMicroseconds: Self.start - 1_000_000, firstSeen: Self.start)
    }
}

// MARK: Connections

extension TroubledNight {
    private static let host = IPAddress(ipv4: 0xc000_020a)  // 192.0.2.10
    private static let peer = IPAddress(ipv4: 0xcb00_7105)  // 203.0.113.5

    /// `app` calls 203.0.113.5:443 from a port, open from one second to another.
    static func call(
        port: UInt16, from: Double, until: Double, closedBy: Closer = .peer
    ) -> ConnectionRecord {
        life(Endpoint(host, port), Endpoint(peer, 443), .client, from, until, closedBy)
    }

    /// `app` serves a client on port 80.
    static func serve(
        peerPort: UInt16, from: Double, until: Double, closedBy: Closer = .peer
    ) -> ConnectionRecord {
        life(Endpoint(host, 80), Endpoint(peer, peerPort), .server, from, until, closedBy)
    }

    private static func life(
        _ local: Endpoint, _ peer: Endpoint, _ role: Role, _ from: Double, _ until: Double,
        _ closedBy: Closer
    ) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: 0, netns: 1, tuple: FourTuple(local: local, peer: peer), cookie: 0,
            state: .established)
        record.role = role
        record.process = 1
        record.attempted = Bounds(exactly: at(from))
        record.opened = Bounds(exactly: at(from))
        record.closed = Bounds(exactly: at(until))
        record.closedBy = closedBy
        record.closeKind = .fin
        guard closedBy == .local else { return record }
        record.state = .timeWait
        var wait = TimeWaitRecord(entered: record.closed, firstSample: nil)
        wait.left = Bounds(exactly: at(until + 60.5))
        wait.endedBy = .expired
        record.timeWait = wait
        return record
    }

    /// The same life, ended by a reset of the peer.
    static func reset(_ life: ConnectionRecord) -> ConnectionRecord {
        var record = life
        record.closeKind = .reset
        record.closedBy = .peer
        return record
    }

    /// An attempt to 203.0.113.5:443 that failed at once.
    static func failed(_ how: CloseKind, port: UInt16, at second: Double) -> ConnectionRecord {
        var record = call(port: port, from: second, until: second + 0.001)
        record.opened = .unknown
        record.closeKind = how
        record.state = .synSent
        return record
    }

    /// A client of `app` that closed, from then on in a state for so long.
    static func lingering(
        _ state: TCPState, peerPort: UInt16, from: Double, until: Double = 600
    ) -> ConnectionRecord {
        var record = serve(peerPort: peerPort, from: 1, until: until)
        record.state = state
        record.firstSample = 1
        var open = SpanRecord(
            state: .established, entered: record.opened, firstSample: 1)
        open.left = Bounds(exactly: at(from))
        open.lastSample = Int64(from / 10)
        var stay = SpanRecord(
            state: state, entered: open.left, firstSample: Int64(from / 10) + 1)
        if until < 600 {
            stay.left = Bounds(exactly: at(until))
            stay.lastSample = Int64(until / 10)
            record.lastSample = stay.lastSample
        } else {
            record.closed = .unknown
        }
        record.spans = [open, stay]
        return record
    }
}
