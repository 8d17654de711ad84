import Model

/// Attempts that began during the recording, by the end that this host was.
struct Tally {
    var active: Int64 = 0
    var passive: Int64 = 0
    var unattributed: Int64 = 0

    mutating func add(_ count: Int64, as role: Role) {
        switch role {
        case .client: active += count
        case .server: passive += count
        case .unknown: unattributed += count
        }
    }
}

/// Counts attempts beside the kernel's counters, which are read at moments of their own: what began
/// after the latest reading belongs to the next.
struct AttemptCount {
    /// What began up to this moment was there before the counters were first read.
    private var start: Int64 = .min
    /// When the counters that the running sample will give were read; nil: not yet.
    private var line: Int64?
    private var current = Tally()
    private var next = Tally()

    /// The kernel's counters are read for the first time.
    mutating func begin(at moment: Int64) { start = moment }

    /// The kernel's counters were read.
    mutating func drawLine(at moment: Int64) { line = moment }

    /// Counts an attempt of this moment; -1 takes one back.
    mutating func add(_ count: Int64, at moment: Int64, as role: Role) {
        guard moment > start else { return }
        if let line, moment > line {
            next.add(count, as: role)
        } else {
            current.add(count, as: role)
        }
    }

    /// The sample's share; what comes now belongs to the next.
    mutating func take() -> Tally {
        defer {
            current = next
            next = Tally()
            line = nil
        }
        return current
    }
}
