import Ledger
package import Model

/// The recording's axis: the wall clock at its start plus the boot time elapsed since, so that
/// order and durations survive steps of the wall clock. A wall clock that shows an earlier time than
/// the file's last recording ended at is one that was stepped: the axis goes on from there.
package struct TimeAxis: Equatable, Sendable {
    private let originBoot: Int64
    private let originWall: Int64

    /// The axis of a recording that starts now, at the wall clock or where it is told to begin, µs.
    package init(_ reading: ClockReading, from start: Int64? = nil) {
        let fraction = reading.wall % 1000
        // The origin is a whole µs: times are rounded once, as the wall clock's own are.
        originBoot = start == nil ? reading.boot - fraction : reading.boot
        originWall = start ?? (reading.wall - fraction) / 1000
    }

    /// µs on the axis, not later than this moment of the boot clock (ns).
    package func microseconds(_ boot: Int64) -> Int64 {
        let elapsed = boot - originBoot
        let quotient = elapsed / 1000
        return originWall + (elapsed % 1000 < 0 ? quotient - 1 : quotient)
    }

    /// A window of the boot clock, widened to whole µs.
    func window(_ window: BootWindow) -> Window {
        Window(
            earliest: microseconds(window.earliest), latest: microseconds(window.latest + 999))
    }
}
