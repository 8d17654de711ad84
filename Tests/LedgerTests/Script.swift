import Ledger
import Model
import Testing

/// A story told to a ledger: sample after sample, and what it made of them.
///
/// Every dump reads all its rows within 1 ms from the sample's start; a socket that it does not
/// show is asked for within the next 10 µs.
struct Script {
    static let dumpLasts: Int64 = 1_000
    static let requestLasts: Int64 = 10

    let numbering: Numbering
    var ledger: ConnectionLedger
    private(set) var number: Int64 = 0
    private(set) var records: [Int64: ConnectionRecord] = [:]
    private(set) var ended: [Int64] = []
    private(set) var missed: [[Int64]] = []
    private(set) var listeners: [Int64: ListenerRecord] = [:]
    private(set) var owners: [OwnerRecord] = []
    private(set) var active: Int64 = 0
    private(set) var passive: Int64 = 0
    private(set) var unattributed: Int64 = 0

    init() {
        let numbering = Numbering()
        self.numbering = numbering
        ledger = ConnectionLedger(netns: 7, numbering: numbering)
    }

    /// A sample at this moment, µs. `asking` answers exact requests; nil: no budget to ask.
    @discardableResult
    mutating func sample(
        at moment: Int64, _ rows: SocketRow..., complete: Bool = true,
        owners: [UInt64: [Int64]] = [:],
        asking: (Absentee) -> ExactAnswer? = { _ in .gone }
    ) -> LedgerResult {
        dump(at: moment, rows, complete: complete, owners: owners, asking: asking)
    }

    @discardableResult
    mutating func dump(
        at moment: Int64, _ rows: [SocketRow], complete: Bool = true,
        owners: [UInt64: [Int64]] = [:],
        asking: (Absentee) -> ExactAnswer? = { _ in .gone }
    ) -> LedgerResult {
        number += 1
        ledger.beginSample(number)
        let window = Window(earliest: moment, latest: moment + Self.dumpLasts)
        ledger.observe(rows, in: window)
        for absentee in ledger.endDump(window, complete: complete) {
            if let answer = asking(absentee) {
                let request = Window(
                    earliest: window.latest, latest: window.latest + Self.requestLasts)
                ledger.settle(absentee, answer, at: request)
            } else {
                ledger.leave(absentee)
            }
        }
        if !owners.isEmpty { ledger.assign(owners, at: moment, complete: true) }
        let result = ledger.endSample()
        missed.append([])
        take(result.changes)
        active += result.recordedActive
        passive += result.recordedPassive
        unattributed += result.recordedUnattributed
        return result
    }

    /// The end of the recording.
    @discardableResult
    mutating func flush() -> [Change] {
        let changes = ledger.flush()
        take(changes)
        return changes
    }

    private mutating func take(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .alive(let record): records[record.id] = record
            case .ended(let record):
                records[record.id] = record
                ended.append(record.id)
            case .missed(let sample, let connection):
                #expect(sample == number)
                missed[missed.count - 1].append(connection)
            case .listener(let record): listeners[record.id] = record
            case .owner(let record): owners.append(record)
            default: Issue.record("a ledger says nothing of this: \(change)")
            }
        }
    }

    /// The connection with this number, counted from 1 in the order of first sights.
    func connection(_ id: Int64 = 1) throws -> ConnectionRecord { try #require(records[id]) }

    func timeWait(_ id: Int64 = 1) throws -> TimeWaitRecord {
        try #require(records[id]?.timeWait)
    }

    func listener(_ id: Int64 = 1) throws -> ListenerRecord { try #require(listeners[id]) }
}
