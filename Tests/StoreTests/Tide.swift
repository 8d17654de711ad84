import Model

@testable import Store

/// A recording of any length, made sample by sample: in each some connections open to a service,
/// live for one to seven samples, and half of them leave a TIME-WAIT of three. Some pass through
/// CLOSE-WAIT. Connection 1 lives from the first sample until the one named `ebb`, connection 2
/// until the end. The kernel counted one opening a sample more than was recorded.
struct Tide {
    /// From sample to sample, µs.
    var step: Int64 = 10_000_000
    /// Connections a sample.
    var rate: Int64 = 5
    /// The sample that last shows connection 1.
    var ebb: Int64 = .max

    private var sample: Int64 = 0
    private var next: Int64 = 1
    private var states = StateCounts()
    private var living: [Int64: [ConnectionRecord]] = [:]
    private var waiting: [Int64: [ConnectionRecord]] = [:]
    private var long: [ConnectionRecord] = []
    private var process: Int64 = 0
    private var seconds: Int64 = 0

    init(step: Int64 = 10_000_000, rate: Int64 = 5, ebb: Int64 = .max) {
        self.step = step
        self.rate = rate
        self.ebb = ebb
    }

    /// When a sample is taken, µs.
    func moment(_ sample: Int64) -> Int64 { midnight + sample * step }

    /// Records so many samples more.
    mutating func record(_ count: Int64, into store: RecordingStore) throws {
        for _ in 0..<count {
            let (record, changes) = advance()
            try store.write(record, changes: changes)
        }
    }

    /// The next sample, and what it changed.
    mutating func advance() -> (SampleRecord, [Change]) {
        sample += 1
        var changes = inventory()
        if sample == 1 { changes += begin() }
        changes += end()
        for _ in 0..<rate { changes.append(.alive(open())) }
        var record = SampleRecord(
            id: sample, sampledMicroseconds: moment(sample), nextConnection: next)
        record.fileHandles = FileHandleCounts(
            allocated: 1000 + sample % 97, unused: 0, maximum: 100_000)
        record.sockets = states.total
        var part = NamespaceSample(netns: 1)
        part.states = states
        part.counters.activeOpens = 7
        part.counters.passiveOpens = 1000 + sample * (rate + 1)
        part.counters.retransmittedSegments = sample * 3
        part.recordedActive = 0
        part.recordedPassive = rate
        record.namespaces = [part]
        return (record, changes)
    }

    /// A process for every hundred samples, with a stretch of descriptors.
    private mutating func inventory() -> [Change] {
        guard sample % 100 == 1 else { return [] }
        var changes: [Change] = []
        let now = moment(sample)
        if process > 0 {
            changes.append(.process(record(of: process, until: now)))
            changes.append(.descriptors(descriptors(of: process, until: now)))
            changes.append(.listener(listener(process, until: now)))
        }
        process += 1
        states.add(.listen)
        if process > 1 { states.remove(.listen) }
        changes.append(.process(record(of: process, until: nil)))
        changes.append(.descriptors(descriptors(of: process, until: nil)))
        changes.append(.listener(listener(process, until: nil)))
        return changes
    }

    private func record(of id: Int64, until: Int64?) -> ProcessRecord {
        let from = moment((id - 1) * 100 + 1)
        var record = ProcessRecord(
            id: id,
            facts: ProcessFacts(
                identity: ProcessIdentity(pid: Int32(id), startTicks: 1), comm: "p\(id % 3)",
                uid: 33), startedMicroseconds: from, firstSeen: from)
        record.lastSeen = until
        return record
    }

    private func descriptors(of id: Int64, until: Int64?) -> DescriptorRecord {
        var record = DescriptorRecord(
            id: id, process: id, fromMicroseconds: moment((id - 1) * 100 + 1), open: 10 * id)
        record.untilMicroseconds = until
        return record
    }

    private func listener(_ id: Int64, until: Int64?) -> ListenerRecord {
        let first = (id - 1) * 100 + 1
        var record = ListenerRecord(
            id: id, netns: 1, local: Endpoint(IPAddress(ipv4: 0), 80), interface: 0,
            cookie: UInt64(id), firstSeen: moment(first), firstSample: first)
        record.process = id
        record.lastSeen = until
        record.lastSample = until == nil ? nil : sample - 1
        return record
    }

    private mutating func begin() -> [Change] {
        long = [open(), open()]
        living = [:]
        return long.map { .alive($0) }
    }

    private mutating func open() -> ConnectionRecord {
        let id = next
        next += 1
        var record = ConnectionRecord(
            id: id, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0x0a00_0001), 80),
                peer: Endpoint(
                    IPAddress(ipv4: 0xc000_0000 + UInt32(id / 20)), UInt16(1024 + id % 60_000))),
            cookie: UInt64(id), state: .established)
        record.role = .server
        record.process = process
        record.opened = Bounds(
            earliest: moment(sample) - step / 2 - id % 5, latest: moment(sample) - step / 2)
        record.attempted = record.opened
        record.firstSample = sample
        states.add(.established)
        living[sample + id % 7 + 1, default: []].append(record)
        return record
    }

    private mutating func end() -> [Change] {
        var changes: [Change] = []
        let now = moment(sample)
        for var record in living.removeValue(forKey: sample) ?? [] {
            states.remove(.established)
            close(&record)
            guard record.id % 2 == 0 else {
                changes.append(.ended(record))
                continue
            }
            record.timeWait = TimeWaitRecord(entered: record.closed, firstSample: sample)
            record.lastSample = nil
            states.add(.timeWait)
            waiting[sample + 3, default: []].append(record)
            changes.append(.alive(record))
        }
        for var record in waiting.removeValue(forKey: sample) ?? [] {
            states.remove(.timeWait)
            record.timeWait?.left = Bounds(earliest: now - step, latest: now - 1)
            record.timeWait?.endedBy = .expired
            record.lastSample = sample - 1
            changes.append(.ended(record))
        }
        if sample - 1 == ebb, var record = long.first {
            states.remove(.established)
            close(&record)
            changes.append(.ended(record))
        }
        return changes
    }

    private func close(_ record: inout ConnectionRecord) {
        record.closed = Bounds(exactly: moment(sample) - step / 3)
        record.closedBy = record.id % 3 == 0 ? .peer : .local
        record.closeKind = record.id % 11 == 0 ? .reset : .fin
        record.bytesSent = UInt64(100 + record.id % 13)
        record.lastSample = sample - 1
        guard record.id % 50 == 1 else { return }
        record.spans = [
            SpanRecord(
                state: .established, entered: record.opened, firstSample: record.firstSample)
        ]
        record.spans[0].left = record.closed
        record.spans[0].lastSample = record.lastSample
    }
}

extension TemporaryFolder {
    /// Octets of the file and its log on the file system.
    func bytes(_ name: String = "recording.sqlite") -> Int64 {
        (FileFacts(path: file(name))?.bytes ?? 0)
            + (FileFacts(path: file(name) + "-wal")?.bytes ?? 0)
    }
}
