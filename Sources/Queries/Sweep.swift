/// How many things were there at once, from when each came and went.
struct Sweep: Sendable {
    /// What a sweep finds.
    struct Result {
        /// The most at once, and the first moment of it; nil where nothing ever came.
        var peak: (number: Int64, at: Int64)?
        /// How many there were at each probe, behind all that came or went at that moment.
        var levels: [Int64]
        /// From when on there were as many as were to be marked, and until when at last; nil where
        /// that lasts.
        var marked: (from: Int64, until: Int64?)?
    }

    /// A moment since `origin`, then whether it is a beginning, then a port: they sort as they are
    /// to be taken, and what ends makes room for what begins at the same moment.
    private var events: [Int64] = []
    private static let latest: Int64 = 1 << 46 - 1

    var isEmpty: Bool { events.isEmpty }

    /// Takes a stay, in µs since the range began; nil lasts beyond it. Two stays of one port are
    /// one where ports are told apart.
    mutating func add(port: Int64 = 0, from: Int64, until: Int64?) {
        events.append(Self.event(from, isBeginning: true, port))
        if let until { events.append(Self.event(until, isBeginning: false, port)) }
    }

    private static func event(_ moment: Int64, isBeginning: Bool, _ port: Int64) -> Int64 {
        min(max(0, moment), latest) << 17 | (isBeginning ? 1 << 16 : 0) | port & 0xffff
    }

    /// Brings them into their order; two parts that were sorted are quickly sorted together.
    mutating func sort() { events.sort() }

    mutating func merge(_ other: Sweep) { events += other.events }

    /// Runs through the sorted stays; `probes` ascend, in µs since the range began.
    func run(probes: [Int64]) -> Result {
        var none: [Int32] = []
        return run(probes: probes, held: &none)
    }

    /// The same, where a port counts once however many stays hold it: `held` has a zero for each
    /// port, before and after. So many or more are told of as marked.
    func run(probes: [Int64], held: inout [Int32], mark: Double = .infinity) -> Result {
        var result = Result(peak: nil, levels: [])
        var level: Int64 = 0
        var probe = 0
        each(held: &held) { moment, isBeginning in
            while probe < probes.count, probes[probe] < moment {
                result.levels.append(level)
                probe += 1
            }
            level += isBeginning ? 1 : -1
            if isBeginning, level > result.peak?.number ?? 0 { result.peak = (level, moment) }
            if isBeginning, Double(level) >= mark {
                result.marked = (result.marked?.from ?? moment, nil)
            } else if let marked = result.marked, marked.until == nil, Double(level) < mark {
                result.marked?.until = moment
            }
        }
        while result.levels.count < probes.count { result.levels.append(level) }
        return result
    }

    /// The same stays where a port is held once at a time, and none is told from the others.
    func apart(held: inout [Int32]) -> Sweep {
        var apart = Sweep()
        each(held: &held) { moment, isBeginning in
            apart.events.append(Self.event(moment, isBeginning: isBeginning, 0))
        }
        return apart
    }

    /// Each moment at which there is one more or one fewer.
    private func each(held: inout [Int32], _ body: (_ moment: Int64, _ isBeginning: Bool) -> Void) {
        for event in events {
            let isBeginning = event & 1 << 16 != 0
            if !held.isEmpty {
                let port = Int(event & 0xffff)
                held[port] += isBeginning ? 1 : -1
                guard held[port] == (isBeginning ? 1 : 0) else { continue }
            }
            body(event >> 17, isBeginning)
        }
        if !held.isEmpty { for event in events { held[Int(event & 0xffff)] = 0 } }
    }
}
