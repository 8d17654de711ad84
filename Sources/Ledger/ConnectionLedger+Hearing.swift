package import Model

// What comes by itself: how much of it, and what of it was lost.
extension ConnectionLedger {
    /// Says how much a source of events tells from this moment on, µs; nil: there is none. Without
    /// timers nothing is told of mini-sockets.
    package mutating func hear(_ detail: EventDetail?, timers: Bool, from moment: Int64) {
        let wasOn = hearing.isOn
        hearing.detail = detail
        hearing.timers = timers
        hearing.detailSince = moment
        if hearing.isOn, !wasOn { indexAll() }
    }

    /// Says whether destroy messages of this namespace come.
    package mutating func hearCloses(_ hears: Bool) {
        let wasOn = hearing.isOn
        hearing.closes = hears
        if hearing.isOn, !wasOn { indexAll() }
    }

    private mutating func indexAll() {
        for slot in hot.indices where hot[slot].flags.contains(.alive) { index(slot) }
    }

    /// Takes note that the source lost something between two moments, µs.
    package mutating func noteLoss(
        of source: LossySource, from earliest: Int64, until latest: Int64
    ) {
        hearing.losses.append(Hearing.Loss(source: source, earliest: earliest, latest: latest))
    }

    /// An event that comes after the dump behind it can no longer be placed: the dump's rows and
    /// silences have been read without it. It counts, and is as good as lost.
    mutating func ignore(lateAt moment: Int64) {
        lateEvents += 1
        let earliest = moment - Self.sameMoment
        let latest = hearing.horizon + Self.sameMoment
        if let last = hearing.losses.indices.last, hearing.losses[last].source == .events,
            hearing.losses[last].latest >= earliest
        {
            hearing.losses[last].earliest = min(hearing.losses[last].earliest, earliest)
            hearing.losses[last].latest = max(hearing.losses[last].latest, latest)
        } else {
            noteLoss(of: .events, from: earliest, until: latest)
        }
    }

    /// The kernel's counters were read for the first time: attempts up to this moment, µs, were
    /// there before.
    package mutating func beginCounting(at moment: Int64) { attempts.begin(at: moment) }

    /// The kernel's counters of the running sample were read: attempts after this moment, µs,
    /// belong to the next.
    package mutating func countUntil(_ moment: Int64) { attempts.drawLine(at: moment) }
}
