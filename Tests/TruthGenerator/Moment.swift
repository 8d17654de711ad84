import Glibc

/// The clocks.
enum Moment {
    /// CLOCK_REALTIME, µs.
    static func now() -> Int64 { read(CLOCK_REALTIME) }

    /// CLOCK_MONOTONIC, µs: for schedules.
    static func steady() -> Int64 { read(CLOCK_MONOTONIC) }

    /// Waits until a moment of the steady clock.
    static func wait(until moment: Int64) {
        var left = moment - steady()
        while left > 0 {
            usleep(UInt32(min(left, 500_000)))
            left = moment - steady()
        }
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

/// The moments before and after a call, µs.
struct Bracket {
    var before: Int64
    var after: Int64
}
