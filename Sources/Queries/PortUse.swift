/// What is counted of the ports toward one destination.
struct PortUse: Sendable {
    private(set) var connections: Int64 = 0
    /// At the end of the range.
    private(set) var waiting: Int64 = 0
    private(set) var closing: Int64 = 0
    private(set) var notSent: Int64 = 0
    /// µs on the axis.
    private(set) var lastNotSent: Int64?
    /// How many ports there are; nil where that is not known.
    var available: Int64?
    var sweep = Sweep()
    /// Of those in TIME-WAIT, where that was wanted.
    private(set) var waits = Sweep()

    mutating func add(_ stay: PortStays.Stay, tellsWaits: Bool) {
        connections += 1
        if stay.isWaiting { waiting += 1 }
        if stay.isClosing { closing += 1 }
        sweep.add(port: stay.port, from: stay.from, until: stay.until)
        if tellsWaits, let entered = stay.waitsFrom, entered <= stay.until ?? entered {
            waits.add(port: stay.port, from: entered, until: stay.until)
        }
    }

    mutating func addNotSent(_ moment: Int64) {
        notSent += 1
        lastNotSent = max(lastNotSent ?? moment, moment)
    }

    mutating func sort() {
        sweep.sort()
        waits.sort()
    }

    mutating func merge(_ other: PortUse) {
        connections += other.connections
        waiting += other.waiting
        closing += other.closing
        notSent += other.notSent
        lastNotSent = [lastNotSent, other.lastNotSent].compactMap { $0 }.max()
        available = available.flatMap { ports in other.available.map { ports + $0 } }
        sweep.merge(other.sweep)
        waits.merge(other.waits)
    }
}
