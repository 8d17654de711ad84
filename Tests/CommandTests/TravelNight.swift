import Model
import Store

/// Ten minutes made by hand for questions that go from one moment to another: from
/// 2026-11-24T02:00:00Z, a sample each 10 s, none at 250 s and 260 s. The host is 192.0.2.10.
///
/// 1. nginx serves :80 to 198.51.100.1:40001, from before to after the recording
/// 2. leaky to 203.0.113.9:8080 from :50000, opened at 5 s, CLOSE-WAIT from 95 s to the end
/// 3. app to 203.0.113.5:5432 from :45000, 20 s to 49.5 s, TIME-WAIT until it is reused at 79.5 s
/// 4. the same ends again, from 79.5 s, closed within 120–130 s, TIME-WAIT until 200–210 s,
///    restarted once
/// 5. the same ends once more, 301 s to 311 s, closed by the peer
/// 6. nginx serves 198.51.100.2:41000, 331 s to 371.5 s, reset by the peer; held by a second process
///    from 340 s to 360 s
/// 7. app refused by 203.0.113.5:5433 at 401 s, within half a millisecond
/// 8. app to 203.0.113.66:443, no answer from 411 s to 541 s
/// 9. app to postgres on this host, :46000 to :5432, 451 s to 481 s, TIME-WAIT until 541 s
/// 10. postgres' end of the same
/// 11. nginx serves 198.51.100.2:41001 from 500.1 s to 500.2 s, TIME-WAIT until 560.2 s
/// 12. nginx serves 198.51.100.3:42000 from 505 s, stuck in FIN-WAIT-2 from 525 s on
/// 13. leaky to [2001:db8::2]:443 from 565 s to the end
struct TravelNight {
    /// 2026-11-24T02:00:00Z.
    static let start: Int64 = 1_795_485_600_000_000
    static let end = start + 600_000_000

    private static let seconds = stride(from: 0, through: 600, by: 10)
        .filter { ![250, 260].contains($0) }
    private static let host = IPAddress(ipv4: 0xc000_020a)

    /// A moment so many seconds after the start.
    static func at(_ seconds: Double) -> Int64 { start + Int64((seconds * 1_000_000).rounded()) }

    /// The sample taken so many seconds after the start.
    static func sample(_ second: Int) -> Int64? {
        seconds.firstIndex(of: second).map { Int64($0) + 1 }
    }

    /// Records it into a new file.
    static func record(into path: String) throws {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "travel", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.1.0",
                intervalMicroseconds: 10_000_000, startedMicroseconds: start))
        let night = TravelNight()
        for second in seconds {
            try store.write(
                night.sampleRecord(second), changes: night.setting(second) + night.lives(second))
        }
        try store.end(atMicroseconds: end, reason: "stopped")
    }

    // MARK: Samples

    /// From when to when samples show whom in which state.
    private let shown: [(TCPState, ClosedRange<Int>)] = [
        (.established, 0...600), (.established, 10...90), (.closeWait, 100...600),
        (.established, 30...40), (.timeWait, 50...70), (.established, 80...120),
        (.timeWait, 130...200), (.established, 310...310), (.established, 340...370),
        (.synSent, 420...540), (.established, 460...480), (.established, 460...480),
        (.timeWait, 490...540), (.timeWait, 510...560), (.established, 510...520),
        (.finWait2, 530...600), (.established, 570...600), (.listen, 0...600), (.listen, 0...600),
        (.listen, 200...400),
    ]

    private func sampleRecord(_ second: Int) -> SampleRecord {
        let begun = [0, 10, 30, 80, 310, 340, 410, 420, 460, 460, 510, 510, 570]
        var sample = SampleRecord(
            id: Self.sample(second) ?? 0, sampledMicroseconds: Self.at(Double(second)),
            nextConnection: Int64(begun.count { $0 <= second }) + 1)
        sample.dumpMicroseconds = 900
        var counts = StateCounts()
        for (state, when) in shown where when.contains(second) { counts.add(state) }
        sample.sockets = counts.total
        sample.fileHandles = FileHandleCounts(
            allocated: 1000 + Int64(second), unused: 0, maximum: 100_000)
        sample.health.fileBytes = 40_960 + Int64(second) * 100
        sample.health.lagMicroseconds = second == 270 ? 20_000_000 : 150
        sample.health.writeMicroseconds = 800
        sample.health.memoryBytes = 20 << 20
        sample.health.lateEvents = 0
        sample.health.drift = 0
        sample.namespaces = [namespaceSample(second, counts)]
        return sample
    }

    private func namespaceSample(_ second: Int, _ counts: StateCounts) -> NamespaceSample {
        var namespace = NamespaceSample(netns: 1)
        namespace.states = counts
        let active = [10, 30, 80, 310, 410, 420, 460, 570]
        let passive = [340, 460, 510, 510]
        namespace.counters.activeOpens = 1000 + Int64(active.count { $0 <= second })
        namespace.counters.passiveOpens = 500 + Int64(passive.count { $0 <= second })
        namespace.counters.attemptFails = second < 410 ? 3 : 4
        namespace.counters.establishedResets = second < 380 ? 2 : 3
        namespace.counters.retransmittedSegments = 100 + Int64(second / 60)
        namespace.counters.listenOverflows = second < 340 ? 0 : 7
        namespace.counters.listenDrops = second < 340 ? 0 : 9
        namespace.counters.timeWaitEntries = Int64([50, 130, 490, 510].count { $0 <= second })
        namespace.counters.timeWaitOverflow = 0
        namespace.recordedActive = Int64(active.count { $0 == second })
        namespace.recordedPassive = Int64(passive.count { $0 == second })
        namespace.statistics.tcpOrphans = second < 530 ? 0 : 1
        namespace.statistics.tcpInUse = counts.total
        namespace.statistics.tcpMemoryPages = 12
        return namespace
    }

    // MARK: The host

    private func setting(_ second: Int) -> [Change] {
        switch second {
        case 0: beginning
        case 200: [.listener(listener(3, port: 9000, process: 3, at: 200))]
        case 270:
            [
                .gap(
                    GapRecord(
                        fromMicroseconds: Self.at(240), untilMicroseconds: Self.at(270),
                        reason: "overload"))
            ]
        case 300: [.descriptors(descriptors(2, from: 300, open: 400))]
        case 410:
            [.listener(listener(3, port: 9000, process: 3, at: 200, last: 400))]
        case 600: [.descriptors(descriptors(3, from: 600, open: 900))]
        default: []
        }
    }

    private var beginning: [Change] {
        var events = SourceRecord(id: 2, source: "bpf", fromMicroseconds: Self.start)
        events.events = 60
        events.lost = 2
        events.reason = "lost: no room in the ring"
        var dumps = SourceRecord(id: 1, source: "sock_diag", fromMicroseconds: Self.start)
        dumps.events = 600
        dumps.lost = 0
        let limits = [
            ("ip_local_port_range", "32768 60999"), ("tcp_max_tw_buckets", "65536"),
            ("tcp_fin_timeout", "60"), ("somaxconn", "4096"),
        ].enumerated().map { index, limit in
            Change.limit(
                LimitRecord(
                    id: Int64(index) + 1, netns: 1,
                    limit: KernelLimit(name: limit.0, value: limit.1),
                    fromMicroseconds: Self.start))
        }
        var resolver = DatagramRecord(
            id: 1, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0), 53), peer: Endpoint(IPAddress(ipv4: 0), 0)),
            firstSeen: Self.start)
        resolver.process = 3
        return [
            .process(process(1, pid: 100, "nginx", uid: 33, unit: "nginx.service")),
            .process(process(2, pid: 101, "nginx", uid: 33, unit: "nginx.service")),
            .process(process(3, pid: 200, "app", uid: 1000, unit: "app.service")),
            .process(process(4, pid: 300, "leaky", uid: 1001, unit: nil)),
            .process(process(5, pid: 400, "postgres", uid: 70, unit: "postgresql.service")),
            .namespace(NamespaceRecord(netns: 1, inode: 99, name: nil, firstSeen: Self.start)),
            .source(dumps), .source(events), .datagram(resolver),
            .listener(listener(1, port: 80, process: 1, at: 0, queue: 511, accepted: 4)),
            .listener(listener(2, port: 5432, process: 5, at: 0, queue: 1, accepted: 1)),
            .descriptors(descriptors(1, from: 0, open: 10)),
        ] + limits
    }

    private func process(
        _ id: Int64, pid: Int32, _ name: String, uid: UInt32, unit: String?
    ) -> ProcessRecord {
        var facts = ProcessFacts(
            identity: ProcessIdentity(pid: pid, startTicks: 1), comm: name, uid: uid)
        facts.cgroup = unit.map { "/system.slice/" + $0 }
        facts.unit = unit
        return ProcessRecord(
            id: id, facts: facts, startedMicroseconds: Self.start - 1_000_000,
            firstSeen: Self.start)
    }

    private func listener(
        _ id: Int64, port: UInt16, process: Int64, at second: Int, last: Int? = nil,
        queue: UInt32 = 0, accepted: Int64 = 0
    ) -> ListenerRecord {
        var listener = ListenerRecord(
            id: id, netns: 1, local: Endpoint(IPAddress(ipv4: 0), port), interface: 0,
            cookie: UInt64(id) + 10, firstSeen: Self.at(Double(second)),
            firstSample: Self.sample(second) ?? 0)
        listener.process = process
        listener.backlog = 511
        listener.queuePeak = queue
        listener.accepted = accepted
        listener.lastSeen = last.map { Self.at(Double($0)) }
        listener.lastSample = last.flatMap { Self.sample($0) }
        return listener
    }

    private func descriptors(_ id: Int64, from second: Int, open: Int64) -> DescriptorRecord {
        var record = DescriptorRecord(
            id: id, process: 4, fromMicroseconds: Self.at(Double(second)), open: open)
        record.softLimit = 1024
        record.hardLimit = 4096
        return record
    }
}
