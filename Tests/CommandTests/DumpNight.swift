import Model
import Store

/// A recording of dumps alone, made by hand: a dump a second for 200 s, and in the second after
/// each of the first 100 s two lives.
///
/// 1. one to :443 that a single dump met, closed by the peer: opened within the second before it,
///    closed within the second after
/// 2. in every other second one to :80 that none met and of which the TIME-WAIT is there: opened and
///    closed within a second
///
/// The kernel counted 200 openings.
enum DumpNight {
    static let start: Int64 = 1_795_402_800_000_000

    private static func at(_ second: Int) -> Int64 { start + Int64(second) * 1_000_000 }

    /// Records it into a new file.
    static func record(into path: String) throws {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "dumps", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.1.0",
                intervalMicroseconds: 1_000_000, startedMicroseconds: start))
        for second in 0...200 {
            var changes: [Change] = []
            if second == 0 {
                var source = SourceRecord(id: 1, source: "sock_diag", fromMicroseconds: start)
                source.events = 200
                source.lost = 0
                changes = [
                    .source(source),
                    .namespace(NamespaceRecord(netns: 1, inode: 9, name: nil, firstSeen: start)),
                ]
            }
            if (1...100).contains(second) {
                changes.append(.ended(met(second)))
                if second.isMultiple(of: 2) { changes.append(.ended(waited(second))) }
            }
            try store.write(sample(second), changes: changes)
        }
        try store.end(atMicroseconds: at(200), reason: "stopped")
    }

    private static func sample(_ second: Int) -> SampleRecord {
        var sample = SampleRecord(
            id: Int64(second) + 1, sampledMicroseconds: at(second),
            nextConnection: 2 * Int64(min(second, 100)) + 3)
        var namespace = NamespaceSample(netns: 1)
        namespace.counters.activeOpens = 1000 + 2 * Int64(min(second, 100))
        namespace.counters.passiveOpens = 0
        namespace.recordedActive =
            (1...100).contains(second) ? (second.isMultiple(of: 2) ? 2 : 1) : 0
        sample.namespaces = [namespace]
        return sample
    }

    private static func life(_ id: Int, port: UInt16) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: Int64(id), netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0xc000_020a), 40_000 + UInt16(id)),
                peer: Endpoint(IPAddress(ipv4: 0xcb00_7105), port)),
            cookie: UInt64(id), state: .established)
        record.role = .client
        record.closeKind = .fin
        return record
    }

    private static func met(_ second: Int) -> ConnectionRecord {
        var record = life(2 * second - 1, port: 443)
        record.opened = Bounds(earliest: at(second - 1), latest: at(second))
        record.attempted = record.opened
        record.closed = Bounds(earliest: at(second), latest: at(second + 1))
        record.closedBy = .peer
        record.firstSample = Int64(second) + 1
        record.lastSample = Int64(second) + 1
        return record
    }

    private static func waited(_ second: Int) -> ConnectionRecord {
        var record = life(2 * second, port: 80)
        record.opened = Bounds(earliest: at(second - 1), latest: at(second))
        record.attempted = record.opened
        record.closed = record.opened
        record.closedBy = .local
        record.state = .timeWait
        var wait = TimeWaitRecord(entered: record.closed, firstSample: Int64(second) + 1)
        wait.left = Bounds(earliest: at(second + 59), latest: at(second + 60))
        wait.endedBy = .expired
        record.timeWait = wait
        record.firstSample = Int64(second) + 1
        record.lastSample = Int64(second) + 60
        return record
    }
}
