import Ledger
import Model

/// What a rehearsal recorded, and what there was to know.
struct Outcome: Sendable {
    /// What was told of a life, and when it was looked at.
    struct Evidence: Sendable {
        /// Looks that prove what they show.
        var looks: [Observer.Look] = []
        /// Transitions that reached the ledger: the state entered, and when.
        var told: [(state: TCPState, moment: Int64)] = []
        /// When the last event or destroy message that reached the ledger came.
        var lastHeard: Int64 = .min
        var isShown = false
        /// Whether a transition or a destroy message reached the ledger: what a timer tells of a
        /// mini-socket that nobody has met names none.
        var isHeard = false
    }

    let kernel: SimulatedKernel
    let plan: Disturbance
    var evidence: [Evidence]
    var records: [Int64: ConnectionRecord] = [:]
    var endings: [Int64: Int] = [:]
    /// The ledger's table of each sample, by state.
    var tables: [Int64: StateCounts] = [:]
    /// The kernel's own table at each sample without a dump, bare SYN-RECV left out.
    var truths: [Int64: StateCounts] = [:]
    /// Connections that were told alive after their end.
    var revived: [Int64] = []
    /// What dumps told against, or before, the events.
    var drift: Int64 = 0
    var active: Int64 = 0
    var passive: Int64 = 0
    var unattributed: Int64 = 0
    /// From when to when events were heard, µs.
    var heardFrom: Int64 = .max
    var heardUntil: Int64 = .min
    /// The last moment of the recording, µs.
    var lastMoment: Int64 = .min

    init(kernel: SimulatedKernel, plan: Disturbance) {
        self.kernel = kernel
        self.plan = plan
        evidence = Array(repeating: Evidence(), count: kernel.lives.count)
    }
}
