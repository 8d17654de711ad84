import Model
import Store

/// Forty minutes made by hand about states and ends, from 2026-11-23T03:00:00Z, a sample a minute.
/// `EndsNight+Lives` has the connections, which times in seconds since the start tell.
///
/// Ports 40000–40009 less 40003, 40007 and 40008 are there for clients, and 40000–40019 from 1800 s
/// on. TIME-WAIT had 60 at once, of 100, at 600 s; the kernel counted 3 orphans, of 50, at 2040 s;
/// two were in SYN-SENT at 1020 s; 3 accept queues overflowed and 4 handshakes were dropped.
struct EndsNight {
    /// 2026-11-23T03:00:00Z.
    static let start: Int64 = 1_795_402_800_000_000
    static let end = at(2400)

    /// A moment so many seconds after the start.
    static func at(_ seconds: Double) -> Int64 { start + Int64((seconds * 1_000_000).rounded()) }

    /// Records it into a new file; one that does not end leaves what lives alive.
    static func record(into path: String, ending: Bool = true) throws {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "ends", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.2.0",
                intervalMicroseconds: 60_000_000, startedMicroseconds: start))
        for minute in 0...40 {
            let changes = minute == 0 ? beginning : minute == 40 ? lives : []
            try store.write(sample(minute), changes: changes)
        }
        if ending { try store.end(atMicroseconds: end, reason: "stopped") }
    }

    private static func sample(_ minute: Int) -> SampleRecord {
        var sample = SampleRecord(
            id: Int64(minute) + 1, sampledMicroseconds: at(Double(minute) * 60),
            nextConnection: minute < 40 ? 1 : 100)
        var space = NamespaceSample(netns: 1)
        var states = StateCounts()
        states.add(.established)
        if minute == 10 { states.add(.timeWait, count: 60) }
        if minute == 17 { states.add(.synSent, count: 2) }
        space.states = states
        sample.sockets = states.total
        space.counters.listenOverflows = minute < 20 ? 5 : 8
        space.counters.listenDrops = minute < 20 ? 5 : 9
        space.statistics.tcpOrphans = minute == 34 ? 3 : 1
        sample.namespaces = [space]
        return sample
    }

    private static var beginning: [Change] {
        let names = ["api", "web", "batch"]
        let processes = names.enumerated().map { index, name in
            Change.process(
                ProcessRecord(
                    id: Int64(index) + 1,
                    facts: ProcessFacts(
                        identity: ProcessIdentity(pid: Int32(index + 1) * 10, startTicks: 1),
                        comm: name, uid: 33),
                    startedMicroseconds: start - 1_000_000, firstSeen: start))
        }
        let settings: [(String, String, UInt64?, Double, Double?)] = [
            ("ip_local_port_range", "40000 40009", 1, 0, 1800),
            ("ip_local_port_range", "40000 40019", 1, 1800, nil),
            ("ip_local_reserved_ports", "40003,40007-40008", 1, 0, nil),
            ("tcp_max_tw_buckets", "100", 1, 0, nil), ("tcp_tw_reuse", "1", 1, 0, nil),
            ("tcp_max_orphans", "50", nil, 0, nil),
        ]
        return processes
            + settings.enumerated().map { index, setting in
                var limit = LimitRecord(
                    id: Int64(index) + 1, netns: setting.2,
                    limit: KernelLimit(name: setting.0, value: setting.1),
                    fromMicroseconds: at(setting.3))
                limit.untilMicroseconds = setting.4.map(at)
                return .limit(limit)
            } + [.namespace(NamespaceRecord(netns: 1, inode: 9, name: nil, firstSeen: start))]
    }
}
