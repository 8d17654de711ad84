import Model

/// Notices when the wall clock steps and when the host sleeps.
struct ClockWatch {
    /// What is smaller is slewing and the reading's own error, ns.
    static let stepThreshold: Int64 = 1_000_000
    /// A sleep shorter than this makes no gap, ns.
    static let sleepThreshold: Int64 = 1_000_000_000

    private var last: ClockReading
    /// The sum of all steps, µs.
    private(set) var total: Int64 = 0

    /// Something that happened to the clocks since the last reading.
    enum Event: Equatable {
        case step(ClockStepRecord)
        /// The host slept for this long, ns.
        case slept(Int64)
    }

    /// Begins with this reading; the axis is this many µs ahead of the wall clock.
    init(_ reading: ClockReading, ahead: Int64 = 0) {
        last = reading
        total = -ahead
    }

    /// Compares a reading with the one before it.
    mutating func observe(_ reading: ClockReading, at moment: Int64) -> [Event] {
        defer { last = reading }
        var events: [Event] = []
        let step = (reading.wall - reading.boot) - (last.wall - last.boot)
        if abs(step) >= Self.stepThreshold {
            total += step / 1000
            events.append(
                .step(
                    ClockStepRecord(
                        atMicroseconds: moment, offsetMicroseconds: step / 1000,
                        totalMicroseconds: total)))
        }
        let slept = (reading.boot - reading.monotonic) - (last.boot - last.monotonic)
        if slept >= Self.sleepThreshold { events.append(.slept(slept)) }
        return events
    }
}
