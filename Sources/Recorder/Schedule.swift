/// When samples are due: at whole intervals from the start on the boot clock, so that nothing
/// drifts; ticks that cannot be met are skipped and counted.
///
/// Within a small spread each tick lies elsewhere: looks that always met the same phase of the
/// kernel's timer tick would each say the same of a timer that counts in ticks, while looks at
/// many phases together say more than any one of them.
package struct Schedule: Equatable, Sendable {
    /// Parts of the spread from tick to tick: the golden ratio, whose multiples fill an interval
    /// evenly however many there are (Weyl 1916).
    private static let step = 0.618_033_988_749_895

    /// The boot clock at the first tick, ns.
    package let start: Int64
    /// From tick to tick, ns.
    package let interval: Int64
    /// How far behind a whole interval a tick may lie, ns.
    package let spread: Int64
    /// Ticks that passed while a sample was still being taken.
    package private(set) var skipped: Int64 = 0
    private var tick: Int64 = 0

    package init(start: Int64, interval: Int64, spread: Int64 = 0) {
        self.start = start
        self.interval = max(1, interval)
        self.spread = min(spread, self.interval / 4)
    }

    /// The tick that is due next, ns of the boot clock.
    package var due: Int64 {
        let phase = (Double(tick) * Self.step).truncatingRemainder(dividingBy: 1)
        return start + tick * interval + Int64(phase * Double(spread))
    }

    /// Goes on to the next tick that lies after `now`, and gives the ticks skipped on the way.
    package mutating func advance(after now: Int64) -> Int64 {
        let missed = max(0, (now - due) / interval)
        tick += missed + 1
        skipped += missed
        return missed
    }
}
