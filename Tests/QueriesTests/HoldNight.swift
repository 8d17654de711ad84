import Model
import Store

/// Two hours made by hand whose answers about processes, peers and limits are known, from
/// 2026-11-23T03:00:00Z, a sample a minute, none from minute 71 to 74.
///
/// - nginx serves :80: to 192.0.2.8 since before the recording and to its end, without a byte; to
///   192.0.2.7 three times at once, for 100 s, 100.6 s and 100 s from 600 s on, the peer closes; to
///   192.0.2.9 from some moment in 600–660 s to the end.
/// - app calls 10.0.0.5:5432 six times for 2 s, each half a second after the one before, from 1800 s
///   on, and closes; and once for 10 s at 6000 s, until the peer resets. 10.0.0.7:81 refuses it at
///   4000 s.
/// - leaky calls 10.0.0.6:443 at 3600 s and leaves it in CLOSE-WAIT from 3660 s on.
///
/// Descriptors: leaky has 10 and one more every 5 minutes; steady swings between 50 and 52; jumper
/// went from 20 to 40 at once; the host has 100 and one more a minute.
///
/// Accept queues overflowed 5 times in 1200–1260 s, when :80 alone was there, and 7 times in
/// 5400–5460 s, when :9100 was there, too.
struct HoldNight {
    /// 2026-11-23T03:00:00Z.
    static let start: Int64 = 1_795_402_800_000_000
    static let end = at(7200)

    private static let minutes = (0...120).filter { !(71...74).contains($0) }

    /// A moment so many seconds after the start.
    static func at(_ seconds: Double) -> Int64 { start + Int64((seconds * 1_000_000).rounded()) }

    /// The sample taken so many minutes after the start.
    static func sample(_ minute: Int) -> Int64? {
        minutes.firstIndex(of: minute).map { Int64($0) + 1 }
    }

    /// Records it into a new file.
    static func record(into path: String) throws {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "hold", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.2.0",
                intervalMicroseconds: 60_000_000, startedMicroseconds: start))
        let night = HoldNight()
        for minute in minutes {
            try store.write(night.sampleRecord(minute), changes: night.changes(at: minute))
        }
        try store.end(atMicroseconds: end, reason: "stopped")
    }

    private func sampleRecord(_ minute: Int) -> SampleRecord {
        let next = [(0, 2), (11, 6), (31, 12), (60, 13), (67, 14), (100, 15)].last {
            $0.0 <= minute
        }
        var sample = SampleRecord(
            id: Self.sample(minute) ?? 0, sampledMicroseconds: Self.at(Double(minute) * 60),
            nextConnection: Int64(next?.1 ?? 1))
        sample.sockets = 0
        sample.fileHandles = FileHandleCounts(
            allocated: 100 + Int64(minute), unused: 0, maximum: 1000)
        var namespace = NamespaceSample(netns: 1)
        namespace.states = StateCounts()
        namespace.counters.listenOverflows = 40 + (minute >= 21 ? 5 : 0) + (minute >= 91 ? 7 : 0)
        namespace.statistics.tcpTimeWait = minute == 50 ? 80 : 20
        namespace.statistics.tcpOrphans = minute == 30 ? 4 : 1
        namespace.statistics.tcpMemoryPages = minute == 40 ? 100 : 50
        sample.namespaces = [namespace]
        return sample
    }

    private func changes(at minute: Int) -> [Change] {
        switch minute {
        case 0: beginning
        case 11: [.alive(served(2, from: 600, to: nil)), .alive(bounded)]
        case 12:
            [
                .ended(served(2, from: 600, to: 700)), .ended(served(3, from: 600.4, to: 701)),
                .ended(served(4, from: 602, to: 702)),
            ]
        case 32: (0..<6).map { .ended(brief($0)) }
        case 60: [.listener(second), .alive(leaked(closing: false))]
        case 61: [.alive(leaked(closing: true))]
        case 67: [.ended(refused)]
        case 75:
            [
                .gap(
                    GapRecord(
                        fromMicroseconds: Self.at(4200), untilMicroseconds: Self.at(4500),
                        reason: "suspended"))
            ]
        case 101: [.ended(reset)]
        default: []
        }
    }
}

// MARK: What there is

extension HoldNight {
    private var beginning: [Change] {
        let names = ["nginx", "app", "leaky", "steady", "jumper"]
        return names.enumerated().map { index, name in
            .process(
                ProcessRecord(
                    id: Int64(index) + 1,
                    facts: ProcessFacts(
                        identity: ProcessIdentity(pid: Int32(index + 1) * 100, startTicks: 1),
                        comm: name, uid: 33),
                    startedMicroseconds: Self.start - 1_000_000, firstSeen: Self.start))
        }
            + [
                .namespace(
                    NamespaceRecord(netns: 1, inode: 99, name: nil, firstSeen: Self.start)),
                .listener(listener(1, port: 80, process: 1, backlog: 128, peak: 129, minute: 0)),
                .alive(silent),
            ] + limits + descriptors
    }

    private func listener(
        _ id: Int64, port: UInt16, process: Int64, backlog: UInt32, peak: UInt32, minute: Int
    ) -> ListenerRecord {
        var record = ListenerRecord(
            id: id, netns: 1, local: Endpoint(IPAddress(ipv4: 0), port), interface: 0,
            cookie: UInt64(id), firstSeen: Self.at(Double(minute) * 60),
            firstSample: Self.sample(minute) ?? 0)
        record.process = process
        record.backlog = backlog
        record.queuePeak = peak
        record.accepted = 5 - id
        return record
    }

    private var second: ListenerRecord {
        listener(2, port: 9100, process: 2, backlog: 10, peak: 2, minute: 60)
    }

    private var limits: [Change] {
        let values: [(String, String, Bool)] = [
            ("file-max", "1000", true), ("nr_open", "3400", true), ("tcp_max_orphans", "16", true),
            ("tcp_mem", "100 200 400", true), ("ip_local_port_range", "40000 40009", false),
            ("ip_local_reserved_ports", "40003,40008-40020", false),
            ("tcp_max_tw_buckets", "100", false), ("tcp_fin_timeout", "60", false),
        ]
        var records = values.enumerated().map { index, value in
            LimitRecord(
                id: Int64(index) + 1, netns: value.2 ? nil : 1,
                limit: KernelLimit(name: value.0, value: value.1), fromMicroseconds: Self.start)
        }
        var old = LimitRecord(
            id: 20, netns: 1, limit: KernelLimit(name: "somaxconn", value: "128"),
            fromMicroseconds: Self.start)
        old.untilMicroseconds = Self.at(600)
        records += [
            old,
            LimitRecord(
                id: 21, netns: 1, limit: KernelLimit(name: "somaxconn", value: "4300"),
                fromMicroseconds: Self.at(600)),
        ]
        return records.map { .limit($0) }
    }

    private var descriptors: [Change] {
        var records: [DescriptorRecord] = []
        func add(_ process: Int64, _ values: [Int64], every seconds: Double, limit: Int64?) {
            for (index, value) in values.enumerated() {
                var record = DescriptorRecord(
                    id: Int64(records.count) + 1, process: process,
                    fromMicroseconds: Self.at(Double(index) * seconds), open: value)
                record.softLimit = limit
                if index + 1 < values.count {
                    record.untilMicroseconds = Self.at(Double(index + 1) * seconds)
                }
                records.append(record)
            }
        }
        add(3, (0...24).map { 10 + $0 }, every: 300, limit: 64)
        add(4, [50, 52, 51, 50, 52, 51, 50, 52, 51, 50, 51, 51], every: 600, limit: 1024)
        add(5, [20, 40], every: 3600, limit: .max)
        return records.map { .descriptors($0) }
    }

    private func connection(
        _ id: Int64, _ role: Role, process: Int64, local: UInt16, peer: UInt32, peerPort: UInt16
    ) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: id, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0x0a00_0001), local),  // 10.0.0.1
                peer: Endpoint(IPAddress(ipv4: peer), peerPort)),
            cookie: UInt64(id) + 100, state: .established)
        record.role = role
        record.process = process
        return record
    }

    private var silent: ConnectionRecord {
        var record = connection(
            1, .server, process: 1, local: 80, peer: 0xc000_0208, peerPort: 5001)
        record.opened = Bounds(earliest: nil, latest: Self.start)
        record.firstSample = 1
        record.bytesSent = 0
        record.bytesReceived = 0
        return record
    }

    private func served(_ id: Int64, from: Double, to: Double?) -> ConnectionRecord {
        var record = connection(
            id, .server, process: 1, local: 80, peer: 0xc000_0207, peerPort: 5000 + UInt16(id))
        record.attempted = Bounds(exactly: Self.at(from))
        record.opened = record.attempted
        record.firstSample = Self.sample(11)
        guard let to else { return record }
        record.closed = Bounds(exactly: Self.at(to))
        record.closedBy = .peer
        record.closeKind = .fin
        record.lastSample = Self.sample(11)
        // What the second one carried is not known.
        guard id != 3 else { return record }
        record.bytesSent = 1000
        record.bytesReceived = 10
        return record
    }

    private var bounded: ConnectionRecord {
        var record = connection(
            5, .server, process: 1, local: 80, peer: 0xc000_0209, peerPort: 5005)
        record.attempted = Bounds(earliest: Self.at(600), latest: Self.at(660))
        record.opened = record.attempted
        record.firstSample = Self.sample(11)
        record.bytesSent = 5
        record.bytesReceived = 6
        return record
    }

    private func brief(_ number: Int) -> ConnectionRecord {
        var record = connection(
            6 + Int64(number), .client, process: 2, local: 40_000 + UInt16(number),
            peer: 0x0a00_0005, peerPort: 5432)
        let begin = 1800 + 2.5 * Double(number)
        record.attempted = Bounds(exactly: Self.at(begin))
        record.opened = record.attempted
        record.closed = Bounds(exactly: Self.at(begin + 2))
        record.closedBy = .local
        record.closeKind = .fin
        record.state = .timeWait
        record.firstSample = Self.sample(31)
        record.lastSample = Self.sample(31)
        record.bytesSent = 100
        record.bytesReceived = 1000
        var wait = TimeWaitRecord(entered: record.closed, firstSample: Self.sample(31))
        wait.left = Bounds(exactly: Self.at(begin + 62))
        wait.endedBy = .expired
        record.timeWait = wait
        return record
    }

    private func leaked(closing: Bool) -> ConnectionRecord {
        var record = connection(
            12, .client, process: 3, local: 40_006, peer: 0x0a00_0006, peerPort: 443)
        record.attempted = Bounds(exactly: Self.at(3600))
        record.opened = record.attempted
        record.firstSample = Self.sample(60)
        record.bytesSent = 0
        record.bytesReceived = 7
        guard closing else { return record }
        record.state = .closeWait
        var open = SpanRecord(
            state: .established, entered: record.opened, firstSample: Self.sample(60))
        open.left = Bounds(exactly: Self.at(3660))
        open.lastSample = Self.sample(60)
        record.spans = [
            open, SpanRecord(state: .closeWait, entered: open.left, firstSample: Self.sample(61)),
        ]
        record.closedBy = .peer
        return record
    }

    private var refused: ConnectionRecord {
        var record = connection(
            13, .client, process: 2, local: 40_007, peer: 0x0a00_0007, peerPort: 81)
        record.state = .synSent
        record.attempted = Bounds(exactly: Self.at(4000))
        record.closed = Bounds(exactly: Self.at(4000.001))
        record.closedBy = .peer
        record.closeKind = .refused
        return record
    }

    private var reset: ConnectionRecord {
        var record = connection(
            14, .client, process: 2, local: 40_000, peer: 0x0a00_0005, peerPort: 5432)
        record.attempted = Bounds(exactly: Self.at(6000))
        record.opened = record.attempted
        record.closed = Bounds(exactly: Self.at(6010))
        record.closedBy = .peer
        record.closeKind = .reset
        record.firstSample = Self.sample(100)
        record.lastSample = Self.sample(100)
        record.bytesSent = 100
        record.bytesReceived = 0
        return record
    }
}
