import Ledger
import Model

/// Looks at a simulated kernel as a recorder does, and remembers what it looked at, so that what
/// the ledger says can be held against what there was to see.
struct Observer {
    /// One look at one life that proves what it shows.
    struct Look {
        var moment: Int64
        var window: Window
    }

    var kernel: SimulatedKernel
    var ledger = ConnectionLedger(netns: 1, numbering: Numbering())
    var looks: [[Look]]
    /// The deduplicated dump of each sample: state by life.
    var dumps: [Int64: [Int: TCPState]] = [:]
    var missed: [Int64: Set<Int64>] = [:]
    var records: [Int64: ConnectionRecord] = [:]
    var endings: [Int64: Int] = [:]
    /// Lives that a dump has shown, and those absent from the dump before.
    private var seen: Set<Int> = []
    private var unproved: Set<Int> = []
    var missesAllowed = true

    init(kernel: SimulatedKernel) {
        self.kernel = kernel
        looks = Array(repeating: [], count: kernel.lives.count)
    }

    /// Takes one sample; the dump lasts up to 30 ms, in pieces of some sockets each.
    mutating func sample(_ id: Int64, at start: Int64) {
        ledger.beginSample(id)
        let order = kernel.lives.indices.shuffled(using: &kernel.random)
        var shown: [Int: TCPState] = [:]
        var now = start
        for piece in stride(from: 0, to: order.count, by: 40) {
            now = dumpPiece(order[piece..<min(piece + 40, order.count)], from: now, &shown)
        }
        let dumped = shown
        let window = Window(earliest: start, latest: now)
        let absentees = ledger.endDump(window, complete: true)
        let expectedAbsent = seen.subtracting(shown.keys)
        let before = unproved
        unproved = []
        for absentee in absentees { now = settle(absentee, at: now, expectedAbsent, &shown, id) }
        for life in before.intersection(unproved) {
            looks[life].append(Look(moment: window.latest, window: window))
        }
        unproved.subtract(before)
        for life in kernel.lives.indices where shown[life] == nil && !seen.contains(life) {
            looks[life].append(Look(moment: start, window: window))
        }
        dumps[id] = dumped
        seen.formUnion(shown.keys)
        seen = seen.filter { shown[$0] != nil || unproved.contains($0) }
        take(ledger.endSample().changes)
    }

    private mutating func dumpPiece(
        _ piece: ArraySlice<Int>, from start: Int64, _ shown: inout [Int: TCPState]
    ) -> Int64 {
        var rows: [SocketRow] = []
        var sights: [(life: Int, moment: Int64)] = []
        let end = start + Int64.random(in: 50...1_000, using: &kernel.random)
        for life in piece {
            let moment = Int64.random(in: start...end, using: &kernel.random)
            guard let row = kernel.row(kernel.lives[life], at: moment) else { continue }
            let misses = missesAllowed && seen.contains(life) && !unproved.contains(life)
            if misses, Int.random(in: 0..<50, using: &kernel.random) == 0 { continue }
            rows.append(row)
            if Int.random(in: 0..<50, using: &kernel.random) == 0 { rows.append(row) }
            shown[life] = row.state
            sights.append((life, moment))
        }
        let window = Window(earliest: start, latest: end)
        ledger.observe(rows, in: window)
        for sight in sights {
            looks[sight.life].append(Look(moment: sight.moment, window: window))
        }
        return end
    }

    private mutating func settle(
        _ absentee: Absentee, at start: Int64, _ expected: Set<Int>,
        _ shown: inout [Int: TCPState], _ sample: Int64
    ) -> Int64 {
        guard
            let life = expected.first(where: {
                kernel.lives[$0].cookie == absentee.cookie
                    && kernel.lives[$0].tuple == absentee.tuple
            })
        else { return start }
        if Int.random(in: 0..<10, using: &kernel.random) == 0 {
            ledger.leave(absentee)
            unproved.insert(life)
            return start
        }
        let moment = start + 3
        let window = Window(earliest: start, latest: start + 6)
        looks[life].append(Look(moment: moment, window: window))
        if let row = kernel.row(kernel.lives[life], at: moment) {
            shown[life] = row.state
            ledger.settle(absentee, .found(row), at: window)
        } else {
            ledger.settle(absentee, .gone, at: window)
        }
        return start + 6
    }

    /// What the dump of a sample showed, by the ids that the ledger gave.
    func shownIDs(_ sample: Int64) -> [Int64: TCPState] {
        var ids: [FourTuple: [UInt64: Int64]] = [:]
        for record in records.values { ids[record.tuple, default: [:]][record.cookie] = record.id }
        var shown: [Int64: TCPState] = [:]
        for (life, state) in dumps[sample] ?? [:] {
            guard let id = ids[kernel.lives[life].tuple]?[kernel.lives[life].cookie] else {
                shown[-1] = state
                continue
            }
            shown[id] = state
        }
        return shown
    }

    private mutating func take(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .alive(let record): records[record.id] = record
            case .ended(let record):
                records[record.id] = record
                endings[record.id, default: 0] += 1
            case .missed(let sample, let connection):
                missed[sample, default: []].insert(connection)
            default: break
            }
        }
    }
}
