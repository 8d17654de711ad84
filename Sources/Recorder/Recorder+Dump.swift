import Ledger
import Model

// The tables of a sample.
extension Recorder {
    /// Exact requests take at most one part in so many of the interval.
    private static let settleShare: Int64 = 10
    /// Dumps of the own namespace take at most one part in so many of the time.
    private static let ownShare: Int64 = 100
    /// Dumps of all other namespaces together.
    private static let spaceShare: Int64 = 50

    /// Whether a sample would tell anything: its table comes from a dump, or from what events told
    /// since the last one. Without a table it hands over what ended, before that is too much.
    func isWorthSampling(_ session: Session) -> Bool {
        isKnown(session) || isDue(session) || isCrowded(session)
    }

    private func isDue(_ session: Session) -> Bool {
        session.own.pace.due <= clock.now().boot
    }

    /// Whether more ended since the last sample than should wait for the next dump: at the most a
    /// few hundred octets each, so that all take less than may wait for the file.
    private func isCrowded(_ session: Session) -> Bool {
        session.spaces.reduce(0) { $0 + $1.ledger.waitingEnds } > settings.backlogOctets >> 10
    }

    /// Whether events have told all since the last dump.
    private func isKnown(_ session: Session) -> Bool {
        !session.isUntold && session.detail == .full && sources.transitions?.tellsTimers == true
    }

    /// The ledgers may know less than all until the next dump.
    func noteUntold(_ session: inout Session) {
        session.isUntold = true
        for space in session.spaces { space.pace.hasten() }
    }

    /// Walks the table of each namespace whose turn it is; the others show what the ledger knows.
    /// The record's time is that of the last pump, unless there is a dump.
    func dumpAll(_ session: inout Session, _ record: inout SampleRecord, isLast: Bool) {
        let own = session.own
        let isDue = isLast || isDue(session) || !isKnown(session) && !isCrowded(session)
        record.basis = isDue ? .dump : .ledger
        own.ledger.beginSample(record.id, by: record.basis)
        if isDue {
            session.isUntold = false
            let window = dump(own, Self.ownShare, &session, &record.complete)
            record.sampledMicroseconds = window.earliest
            record.dumpMicroseconds = window.latest - window.earliest
        } else if isKnown(session) {
            showKnown(own, at: record.sampledMicroseconds, session.axis)
        } else {
            record.complete = false
        }
        for space in session.spaces.dropFirst() {
            let isDue = space.namespace != nil && space.pace.due <= clock.now().boot
            space.ledger.beginSample(record.id, by: isDue ? .dump : .ledger)
            if isDue {
                var complete = true
                let share = Self.spaceShare * Int64(session.spaces.count - 1)
                _ = dump(space, share, &session, &complete)
            } else if record.basis == .dump || isKnown(session) {
                showKnown(space, at: record.sampledMicroseconds, session.axis)
            }
        }
        noteSpacing(at: record.sampledMicroseconds, &session)
    }

    /// The table that the ledger knows; the listening sockets are looked at.
    private func showKnown(_ space: Space, at moment: Int64, _ axis: TimeAxis) {
        var listening: [SocketRow] = []
        if let outcome = space.namespace?.tcp.listeners(into: { listening += $1 }) {
            space.ledger.observe(
                listeners: listening, in: axis.window(outcome.window),
                complete: outcome.failure == nil)
        }
        space.ledger.showAll(at: moment)
    }

    /// Says how rarely tables are dumped, in steps of two, where it is not each sample.
    private func noteSpacing(at moment: Int64, _ session: inout Session) {
        let others = session.spaces.dropFirst().map(\.pace.period).max() ?? 0
        for (name, period, share) in [
            ("dumps", session.own.pace.period, Self.ownShare),
            ("dumps of other namespaces", others, Self.spaceShare),
        ] {
            let isRare = period > settings.intervalNanoseconds && settings.dumpNanoseconds == nil
            guard isRare || session.spaced.contains(name) else { continue }
            session.spaced.insert(name)
            var seconds: Int64 = 1
            while seconds * 1_000_000_000 < period { seconds *= 2 }
            let reason =
                "one every \(seconds) s at the least, within \(100 / share) % of the time"
            session.pending += session.sources.note(
                name, reason: isRare ? reason : nil, at: moment)
        }
    }

    /// Walks one table, then asks for what the walk did not show. Events are taken before the rows
    /// of each reply, so that no row tells a change before its event does.
    private func dump(
        _ space: Space, _ share: Int64, _ session: inout Session, _ complete: inout Bool
    ) -> Window {
        let axis = session.axis
        let began = clock.now().boot
        guard let tcp = space.namespace?.tcp else { return Window(earliest: 0, latest: 0) }
        let outcome = tcp.dump { window, rows in
            pump(&session, betweenRows: true)
            space.ledger.observe(rows, in: axis.window(window))
        }
        pump(&session)
        let window = axis.window(outcome.window)
        complete = outcome.failure == nil
        settle(space.ledger.endDump(window, complete: complete), space, tcp, axis)
        session.sources.count(tcp.name, events: Int64(outcome.rows), lost: complete ? 0 : 1)
        if space === session.own { session.progress.failure = outcome.failure }
        if let failure = outcome.failure {
            session.isUntold = true
            observer.notice("a dump is not complete: \(failure)")
        }
        space.pace.note(
            from: began, until: clock.now().boot, share: share, fixed: settings.dumpNanoseconds,
            interval: settings.intervalNanoseconds)
        return window
    }

    private func settle(
        _ absentees: [Absentee], _ space: Space, _ tcp: any TCPSource, _ axis: TimeAxis
    ) {
        guard !absentees.isEmpty else { return }
        let deadline = clock.now().boot + settings.intervalNanoseconds / Self.settleShare
        var before = clock.now().boot
        for absentee in absentees {
            guard before < deadline, absentee.cookie != 0 else {
                space.ledger.leave(absentee)
                continue
            }
            let answer = tcp.find(absentee.tuple, cookie: absentee.cookie)
            let after = clock.now().boot
            let window = axis.window(BootWindow(earliest: before, latest: after))
            space.ledger.settle(absentee, answer, at: window)
            before = after
        }
    }
}
