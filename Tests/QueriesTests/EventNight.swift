import Model
import Store

/// Two hours made by hand in which events were heard, from 2026-11-23T03:00:00Z, a sample a
/// minute. Each minute 100 clients and 100 servers of the host's own namespace open; another one,
/// `blue`, appears at 04:00 with 5000 opens behind it and serves 10 a minute.
///
/// 300 clients went unseen in 04:10–04:12, when events were shed, and 7 servers in 04:40–04:41,
/// when 12 events were lost. At 03:30 a count came a minute late.
struct EventNight {
    /// 2026-11-23T03:00:00Z.
    static let start: Int64 = 1_795_402_800_000_000
    static let end = at(120)

    /// The minute from which the other namespace is there; nil for never.
    var blueFrom: Int? = 60
    /// Clients that were recorded once too often, in the last minute.
    var surplus: Int64 = 0
    /// Rows of sources beside sock_diag: source, from and until in minutes, lost, reason.
    var sources: [(String, Int, Int?, Int64?, String?)] = [
        ("bpf", 0, 70, nil, nil),
        ("bpf", 70, 72, nil, "shed: events, over --event-budget 5 %"),
        ("bpf", 72, nil, nil, nil),
        ("bpf", 100, 101, 12, "lost: no room in the ring"),
    ]

    /// A moment so many minutes after the start.
    static func at(_ minute: Int) -> Int64 { start + Int64(minute) * 60_000_000 }

    /// Records it into a new file.
    func record(into path: String) throws {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "events", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.2.0",
                intervalMicroseconds: 60_000_000, startedMicroseconds: Self.start))
        for minute in 0...120 {
            try store.write(sample(minute), changes: minute == 0 ? beginning : changes(minute))
        }
        try store.end(atMicroseconds: Self.end, reason: "stopped")
    }

    private func sample(_ minute: Int) -> SampleRecord {
        var sample = SampleRecord(
            id: Int64(minute) + 1, sampledMicroseconds: Self.at(minute),
            nextConnection: minute < 5 ? 1 : 5)
        sample.sockets = 0
        var host = NamespaceSample(netns: 1)
        host.states = StateCounts()
        host.counters.activeOpens = 9000 + Int64(minute) * 100
        host.counters.passiveOpens = 4000 + Int64(minute) * 100
        guard minute > 0 else {
            sample.namespaces = [host]
            return sample
        }
        // 200 of the clients came in one minute.
        if minute >= 72 { host.counters.activeOpens = 9100 + Int64(minute) * 100 }
        host.recordedActive = [71, 72].contains(minute) ? 0 : 100
        if minute == 120 { host.recordedActive += surplus }
        host.recordedPassive = [30: 60, 31: 140, 101: 93][minute] ?? 100
        sample.namespaces = [host]
        if let from = blueFrom, minute >= from {
            var blue = NamespaceSample(netns: 2)
            blue.states = StateCounts()
            blue.counters.activeOpens = 0
            blue.counters.passiveOpens = 5000 + Int64(minute - from) * 10
            blue.recordedPassive = minute == from ? 3 : 10
            sample.namespaces.append(blue)
        }
        return sample
    }

    private var beginning: [Change] {
        var rows: [(String, Int, Int?, Int64?, String?)] = [("sock_diag", 0, nil, 0, nil)]
        rows += sources
        return rows.enumerated().map { index, row in
            var source = SourceRecord(
                id: Int64(index) + 1, source: row.0, fromMicroseconds: Self.at(row.1))
            source.untilMicroseconds = row.2.map(Self.at)
            source.events = 100
            source.lost = row.3
            source.reason = row.4
            return .source(source)
        } + [
            .namespace(NamespaceRecord(netns: 1, inode: 9, name: nil, firstSeen: Self.start))
        ]
    }

    private func changes(_ minute: Int) -> [Change] {
        switch minute {
        case 5: [.ended(exact), .ended(full), .ended(notSent)]
        case 6: [.ended(bounded)]
        case blueFrom:
            [
                .namespace(
                    NamespaceRecord(netns: 2, inode: 10, name: "blue", firstSeen: Self.at(minute)))
            ]
        default: []
        }
    }

    private func life(_ id: Int64) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: id, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0xc000_020a), 45_000 + UInt16(id)),
                peer: Endpoint(IPAddress(ipv4: 0xcb00_7105), 443)),
            cookie: UInt64(id), state: .timeWait)
        record.role = .client
        record.attempted = Bounds(exactly: Self.at(4) + 1_000)
        record.opened = Bounds(exactly: Self.at(4) + 1_250)
        record.closed = Bounds(exactly: Self.at(4) + 9_000)
        record.closedBy = .local
        record.closeKind = .fin
        record.closing = ClosingSteps(began: Self.at(4) + 8_000, half: Self.at(4) + 8_500)
        return record
    }

    /// Closed first and waited 60 s.
    private var exact: ConnectionRecord {
        var record = life(1)
        var wait = TimeWaitRecord(entered: record.closed, firstSample: nil)
        wait.left = Bounds(exactly: Self.at(4) + 60_009_000)
        wait.endedBy = .expired
        record.timeWait = wait
        return record
    }

    /// Closed first, and TIME_WAIT's table was full.
    private var full: ConnectionRecord {
        var record = life(2)
        var wait = TimeWaitRecord(entered: record.closed, firstSample: nil)
        wait.left = record.closed
        wait.endedBy = .noRoom
        record.timeWait = wait
        return record
    }

    /// No local port was free.
    private var notSent: ConnectionRecord {
        var record = ConnectionRecord(
            id: 3, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0xc000_020a), 0),
                peer: Endpoint(IPAddress(ipv4: 0xcb00_7105), 443)),
            cookie: 3, state: .synSent)
        record.role = .client
        record.attempted = Bounds(exactly: Self.at(4) + 5)
        record.closed = Bounds(exactly: Self.at(4) + 9)
        record.closeKind = .notSent
        return record
    }

    /// Known by dumps alone.
    private var bounded: ConnectionRecord {
        var record = life(4)
        record.closing = nil
        record.attempted = Bounds(earliest: Self.at(4), latest: Self.at(5))
        record.opened = record.attempted
        record.closed = Bounds(earliest: Self.at(5), latest: Self.at(6))
        record.closedBy = .peer
        record.state = .established
        record.firstSample = 6
        record.lastSample = 6
        return record
    }
}
