import Ledger
import Model
import Testing

@Suite("Whatever happens, and whenever it is looked at")
struct HistoryPropertyTests {
    static let interval: Int64 = 1_000_000
    static let start: Int64 = 1_000_000_000

    /// 150 connections that begin before and during two minutes of samples.
    static func record(seed: UInt64) -> Observer {
        var kernel = SimulatedKernel(seed: seed)
        kernel.makeHistory(count: 150, span: (start - 20_000_000)..<(start + 90_000_000))
        var observer = Observer(kernel: kernel)
        for tick in 0..<120 {
            let jitter = Int64.random(in: 0...200_000, using: &observer.kernel.random)
            observer.sample(Int64(tick + 1), at: start + Int64(tick) * interval + jitter)
        }
        return observer
    }

    /// The record of a life, by what names it to the kernel.
    static func record(_ life: TrueLife, in observer: Observer) -> [ConnectionRecord] {
        observer.records.values.filter { $0.cookie == life.cookie && $0.tuple == life.tuple }
    }

    @Test("every connection that a dump could see is recorded once", arguments: 1...40)
    func once(seed: UInt64) {
        let observer = Self.record(seed: seed)
        for (index, life) in observer.kernel.lives.enumerated() {
            let visible = observer.looks[index].contains { life.stay(at: $0.moment) != nil }
            #expect(Self.record(life, in: observer).count == (visible ? 1 : 0))
        }
        #expect(observer.endings.values.allSatisfy { $0 == 1 })
        #expect(observer.ledger.drift == 0)
    }

    @Test("the true times lie within the bounds", arguments: 1...40)
    func truthWithinBounds(seed: UInt64) {
        let observer = Self.record(seed: seed)
        for life in observer.kernel.lives {
            guard let record = Self.record(life, in: observer).first else { continue }
            #expect(record.attempted.contains(life.attempted), "seed \(seed) \(record)")
            if let opened = life.opened, record.opened != .unknown {
                #expect(record.opened.contains(opened), "seed \(seed) \(record)")
            }
            if record.closed != .unknown {
                #expect(record.closed.contains(life.closed), "seed \(seed) \(record)")
            }
            for span in record.spans {
                guard let entered = life.entered(span.state) else {
                    Issue.record("\(span.state.name) never was")
                    continue
                }
                #expect(span.entered.contains(entered), "seed \(seed) \(span)")
            }
            guard let timeWait = record.timeWait else { continue }
            Self.check(timeWait, life, seed)
        }
    }

    private static func check(_ timeWait: TimeWaitRecord, _ life: TrueLife, _ seed: UInt64) {
        // The first entry is known unless a restart came before the first look.
        let entries = life.timeWaitEntries
        #expect(entries.contains { timeWait.entered.contains($0) }, "seed \(seed) \(timeWait)")
        #expect(entries.contains { timeWait.latestEntry.contains($0) })
        guard timeWait.left != .unknown else { return }
        #expect(timeWait.left.contains(life.gone), "seed \(seed) \(timeWait) \(life.gone)")
        // Whether a successor took the 4-tuple shows only if a dump met the successor.
        let told = life.timeWaitEnd == .reused && timeWait.endedBy == .cutShort
        #expect(timeWait.endedBy == life.timeWaitEnd || told, "seed \(seed)")
    }

    @Test("bounds are no wider than the two looks around the change", arguments: 1...40)
    func noWiderThanEvidence(seed: UInt64) {
        let observer = Self.record(seed: seed)
        for (index, life) in observer.kernel.lives.enumerated() {
            guard let record = Self.record(life, in: observer).first else { continue }
            let looks = observer.looks[index]
            Self.check(record.opened, life.opened, looks)
            Self.check(record.closed, record.closed == .unknown ? nil : life.closed, looks)
            for span in record.spans { Self.check(span.entered, life.entered(span.state), looks) }
            if let timeWait = record.timeWait, timeWait.restarts == 0 {
                Self.check(timeWait.entered, life.entered(.timeWait), looks)
            }
        }
    }

    private static func check(_ bounds: Bounds, _ truth: Int64?, _ looks: [Observer.Look]) {
        guard let truth, bounds != .unknown else { return }
        let before = looks.filter { $0.moment < truth }.map(\.window.earliest).max()
        let after = looks.filter { $0.moment >= truth }.map(\.window.latest).min()
        if let before { #expect(bounds.earliest ?? .min >= before) }
        if let after { #expect(bounds.latest ?? .max <= after) }
    }

    @Test("stays of a connection follow each other without overlap", arguments: 1...40)
    func noOverlap(seed: UInt64) {
        for record in Self.record(seed: seed).records.values {
            for (one, next) in zip(record.spans, record.spans.dropFirst()) {
                #expect(one.left == next.entered)
                #expect((one.lastSample ?? .max) < next.firstSample ?? .min)
            }
            guard let timeWait = record.timeWait, let last = record.spans.last else { continue }
            if last.state == .finWait2 || last.state == .closing {
                #expect(last.left == timeWait.entered)
            } else {
                // Another state may lie between.
                #expect(last.left.latest == timeWait.entered.latest)
            }
            #expect((last.lastSample ?? .max) < timeWait.firstSample ?? .min)
        }
    }

    @Test("each sample's table is rebuilt from the stays", arguments: 1...40)
    func rebuilt(seed: UInt64) {
        let observer = Self.record(seed: seed)
        for sample in Int64(1)...120 {
            var table: [Int64: TCPState] = [:]
            for record in observer.records.values {
                table[record.id] = Self.state(of: record, at: sample)
            }
            let listed = observer.missed[sample] ?? []
            let dump = observer.shownIDs(sample)
            #expect(Set(table.keys) == Set(dump.keys).union(listed))
            for (id, state) in dump { #expect(table[id] == state, "seed \(seed) at \(sample)") }
        }
    }

    /// The reader's rule, written anew: ESTAB up to TIME-WAIT, unless spans tell the life.
    static func state(of record: ConnectionRecord, at sample: Int64) -> TCPState? {
        guard let first = record.firstSample, first <= sample, sample <= record.lastSample ?? .max
        else { return nil }
        if let waiting = record.timeWait?.firstSample, waiting <= sample { return .timeWait }
        if record.spans.isEmpty { return .established }
        return record.spans.first {
            ($0.firstSample ?? .max) <= sample && sample <= $0.lastSample ?? .max
        }?.state
    }
}
