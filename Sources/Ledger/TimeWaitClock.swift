package import Model

/// What the timer of a TIME_WAIT mini-socket tells of its entry.
///
/// The kernel arms it with `jiffies + TCP_TIMEWAIT_LEN` (`include/net/tcp.h`: 60 s, whatever
/// tcp_fin_timeout says) and a dump shows what is left in jiffies: entry and look are each known
/// to the jiffy they fell in, so their distance is known to one jiffy either way.
package enum TimeWaitClock {
    /// TCP_TIMEWAIT_LEN, µs.
    package static let length: Int64 = 60_000_000

    /// How late the tick that counts a jiffy may come, µs.
    static let tickLateness: Int64 = 500

    /// How far evidence must lie behind what is known to be a restart and no late tick, µs.
    static let restartThreshold: Int64 = 10_000

    /// When the TIME_WAIT that this row shows was entered, for the last time. Nil while the timer
    /// is overdue: the wheel is coarse, and 0 ms left says nothing.
    package static func entry(of row: SocketRow, seen window: Window) -> Bounds? {
        guard row.expiresMilliseconds > 0 else { return nil }
        let elapsed = length - Int64(row.expiresMilliseconds) * 1000
        guard elapsed >= -row.timerGranuleMicroseconds else { return nil }
        // Where a jiffy is no whole number of ms, what is left was rounded to one.
        let rounding: Int64 = row.timerGranuleMicroseconds % 1000 == 0 ? 0 : 1000
        let slack = row.timerGranuleMicroseconds + tickLateness + rounding
        return Bounds(
            earliest: window.earliest - elapsed - slack,
            latest: min(window.latest, window.latest - elapsed + slack))
    }
}
