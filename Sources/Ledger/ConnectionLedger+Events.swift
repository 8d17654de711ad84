package import Model

/// A source whose silence proves nothing for a while.
package enum LossySource: Sendable {
    case events
    case closes
}

// What the kernel itself tells of each change.
extension ConnectionLedger {
    /// Says how much a source of events tells from this moment on; nil: there is none. Without
    /// timers nothing is told of mini-sockets.
    package mutating func hear(_ detail: EventDetail?, timers: Bool, from moment: Int64) {}

    /// Says whether destroy messages of this namespace come from this moment on.
    package mutating func hearCloses(_ hears: Bool, from moment: Int64) {}

    /// Takes one event that happened at this moment of the recording's axis, µs; the process is
    /// `processes.process_id` of the event's origin. Events of one socket come in their order.
    package mutating func observe(_ event: KernelEvent, at moment: Int64, process: Int64?) {}

    /// Takes destroy messages: rows in state CLOSE, received not after `moment`, µs.
    package mutating func observe(closes rows: [SocketRow], before moment: Int64) {}

    /// Takes note that the source lost something between two moments.
    package mutating func noteLoss(
        of source: LossySource, from earliest: Int64, until latest: Int64
    ) {}

    /// Attempts up to this moment belong to the sample that ends next, later ones to the one after:
    /// the kernel's counters were read then. Without it all belong to the sample that ends next.
    package mutating func countUntil(_ moment: Int64) {}
}
