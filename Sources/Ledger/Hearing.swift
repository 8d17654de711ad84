import Model

/// A source whose silence proves nothing for a while.
package enum LossySource: Sendable {
    case events
    case closes
}

/// What the ledger knows of the sources that tell each change by themselves, and how it finds the
/// sockets of which they tell.
struct Hearing {
    /// For how long ended connections are remembered, so that what is told of them late doubles
    /// none, µs.
    static let memory: Int64 = 5_000_000
    /// The same where destroy messages are awaited, µs.
    static let longMemory: Int64 = 600_000_000

    /// How much events tell; nil: there is no source of events.
    var detail: EventDetail?
    /// Since when they tell so much, µs.
    var detailSince: Int64 = .max
    /// Whether events tell of mini-sockets.
    var timers = false
    /// Whether destroy messages come.
    var closes = false
    /// The moment of the latest event, µs.
    var latest: Int64 = .min
    /// The destroy message at hand was sent at this moment or later, µs.
    var messageSent: Int64 = .min
    /// When something was lost, the latest last.
    var losses: [Loss] = []

    /// Before this moment, µs, dumps have spoken: an event from before it comes late.
    var horizon: Int64 = .min

    /// Connections that ended not long ago, by cookie.
    var departed = NumberTable<Departed>()
    /// When it was last looked through for what is too old, µs.
    var lookedThrough: Int64 = .min
    /// Timers taken out of which nothing has told why, by the mark of the 4-tuple.
    var cancels = NumberTable<Cancel>()
    /// The moment of the oldest of them at the latest, µs.
    var oldestCancel: Int64 = .max
    /// TIME_WAITs that ended early, by the mark of the 4-tuple: their successor may yet show.
    var endedEarly: [UInt64: (record: ConnectionRecord, moment: Int64)] = [:]
    /// Resets of sockets of which nothing else is known, by cookie: their end comes next.
    var resets: [UInt64: KernelEvent] = [:]
    /// Connections that ended without a word of how, by cookie: a reset may be told right behind.
    var abandoned: [UInt64: ConnectionRecord] = [:]
    /// Full sockets that are over and may have left a TIME_WAIT, by the mark of the 4-tuple; nil
    /// where two fit.
    var awaiting = NumberTable<Int?>()

    /// Mini-sockets whose full socket nobody met, by the mark of the 4-tuple: its application may
    /// still hold it.
    var heirs = NumberTable<Int>()

    struct Loss {
        var source: LossySource
        var earliest: Int64
        var latest: Int64
    }

    struct Departed {
        /// The latest moment at which it can have ended, µs.
        var moment: Int64
        var mark: UInt64
        /// Whether its 4-tuple is not known: the kernel zeroes it in the message of an own reset.
        var isUnnamed: Bool
    }

    struct Cancel {
        var slot: Int
        var moment: Int64
        /// What the mini-socket was, and what was left on its timer, µs.
        var state: TCPState
        var left: Int64
    }

    /// Whether cookies lead to sockets.
    var isOn: Bool { detail != nil || closes }

    /// Whether all that happened around the moment was told: what was not told did not happen.
    mutating func tellsAll(at moment: Int64) -> Bool {
        guard detail == .full, detailSince <= moment else { return false }
        return !losses.contains { $0.earliest <= moment && moment <= $0.latest }
    }

    /// Whether each mini-socket born around the moment was told.
    mutating func tellsTimers(at moment: Int64) -> Bool { timers && tellsAll(at: moment) }

    /// Whether resets around the moment were told: they are among the edges too.
    mutating func tellsResets(at moment: Int64) -> Bool {
        guard let detail, detail >= .edges else { return false }
        return !losses.contains { $0.earliest <= moment && moment <= $0.latest }
    }

    /// Whether the kernel told all that happened from one moment on: nothing was lost or shed
    /// since.
    func tellsAll(since moment: Int64) -> Bool {
        detail == .full && timers && detailSince <= moment
            && !losses.contains { $0.latest >= moment }
    }

    /// Forgets what is too old to matter: a loss not before a dump has shown what it hid.
    mutating func forget(before now: Int64, _ dumped: Window) {
        guard now != .min else { return }
        let line = now - Self.memory
        // A destroy message comes when the application closes, which may be long after the end.
        let longest = closes ? now - Self.longMemory : line
        if lookedThrough < line {
            departed.keep { $0.moment >= longest }
            lookedThrough = now
        }
        if !endedEarly.isEmpty { endedEarly = endedEarly.filter { $0.value.moment >= line } }
        if !abandoned.isEmpty {
            abandoned = abandoned.filter {
                $0.value.closed.latest ?? .min >= now - ConnectionLedger.sameMoment
            }
        }
        forgetLosses(before: min(line, dumped.earliest))
    }

    private mutating func forgetLosses(before line: Int64) {
        losses.removeAll { $0.latest < line }
        if !resets.isEmpty { resets.removeAll() }
    }
}
