internal import Glibc
package import Model

/// The kernel's clocks.
package struct KernelClock: Sendable {
    /// Brackets are read anew as long as they are wider than this, ns.
    private static let narrow: Int64 = 1_000
    private static let attempts = 5

    package init() {}

    /// The wall clock and the monotonic clock between two readings of the boot clock, which is
    /// given as their midpoint: the narrowest of a few brackets.
    package func now() -> ClockReading {
        var best = ClockReading(boot: 0, wall: 0, monotonic: 0)
        var bestWidth = Int64.max
        for _ in 0..<Self.attempts where bestWidth > Self.narrow {
            let before = Self.boot()
            let wall = Self.read(CLOCK_REALTIME)
            let monotonic = Self.read(CLOCK_MONOTONIC)
            let width = Self.boot() - before
            guard width < bestWidth else { continue }
            bestWidth = width
            best = ClockReading(boot: before + width / 2, wall: wall, monotonic: monotonic)
        }
        return best
    }

    /// Returns at or after this reading of the boot clock, ns; throws when cancelled.
    package func sleep(untilBoot nanoseconds: Int64) async throws {
        while true {
            let left = nanoseconds - Self.boot()
            guard left > 0 else { return try Task.checkCancellation() }
            try await Task.sleep(for: .nanoseconds(left), tolerance: .zero, clock: .continuous)
        }
    }

    /// CLOCK_BOOTTIME, ns.
    @inline(__always)
    static func boot() -> Int64 { read(CLOCK_BOOTTIME) }

    /// How coarse the kernel's ticks are, µs: one jiffy.
    static func jiffyMicroseconds() -> Int64 {
        var resolution = timespec()
        // The struct is on the stack for the length of the call.
        _ = unsafe clock_getres(CLOCK_MONOTONIC_COARSE, &resolution)
        return Int64(resolution.tv_sec) * 1_000_000 + Int64(resolution.tv_nsec) / 1_000
    }

    @inline(__always)
    private static func read(_ clock: clockid_t) -> Int64 {
        var moment = timespec()
        // The struct is on the stack for the length of the call; these clocks never fail.
        _ = unsafe clock_gettime(clock, &moment)
        return Int64(moment.tv_sec) * 1_000_000_000 + Int64(moment.tv_nsec)
    }
}
