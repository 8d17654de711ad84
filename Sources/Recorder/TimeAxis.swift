import Ledger
package import Model

/// The recording's axis: the wall clock at its start plus the boot time elapsed since, so that
/// order and durations survive steps of the wall clock.
package struct TimeAxis: Equatable, Sendable {
    private let originBoot: Int64
    private let originWall: Int64

    /// The axis of a recording that starts now.
    package init(_ reading: ClockReading) {
        originBoot = reading.boot
        originWall = reading.wall / 1000
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
