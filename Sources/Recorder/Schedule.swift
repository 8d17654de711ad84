/// When samples are due: at whole intervals from the start on the boot clock, so that nothing
/// drifts; ticks that cannot be met are skipped and counted.
package struct Schedule: Equatable, Sendable {
    /// The boot clock at the first tick, ns.
    package let start: Int64
    /// From tick to tick, ns.
    package let interval: Int64
    /// The tick that is due next, ns of the boot clock.
    package private(set) var due: Int64
    /// Ticks that passed while a sample was still being taken.
    package private(set) var skipped: Int64 = 0

    package init(start: Int64, interval: Int64) {
        self.start = start
        self.interval = max(1, interval)
        due = start
    }

    /// Goes on to the next tick that lies after `now`, and gives the ticks skipped on the way.
    package mutating func advance(after now: Int64) -> Int64 {
        let missed = max(0, (now - due) / interval)
        due += interval * (missed + 1)
        skipped += missed
        return missed
    }
}
