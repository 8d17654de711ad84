import Ledger
import Model

// The tables of a sample.
extension Recorder {
    /// Exact requests take at most one part in so many of the interval.
    private static let settleShare: Int64 = 10
    /// Dumps of all namespaces but the own one take at most one part in so many of the time.
    private static let spaceShare: Int64 = 50

    /// Walks the table of each namespace whose turn it is; the others show what the ledger knows.
    func dumpAll(_ session: inout Session, _ record: inout SampleRecord) {
        for space in session.spaces { space.ledger.beginSample(record.id) }
        let window = dump(session.own, &session, &record.complete)
        record.sampledMicroseconds = window.earliest
        record.dumpMicroseconds = window.latest - window.earliest
        for space in session.spaces.dropFirst() {
            let now = clock.now().boot
            guard space.namespace != nil, space.dumpDue <= now else {
                space.ledger.showAll()
                continue
            }
            var complete = true
            _ = dump(space, &session, &complete)
            let took = clock.now().boot - now
            space.dumpPeriod = took * Self.spaceShare * Int64(session.spaces.count - 1)
            space.dumpDue = now + space.dumpPeriod
        }
        noteSpacing(at: window.earliest, &session)
    }

    /// Says how rarely other namespaces are dumped, in steps of two, where it is not each sample.
    private func noteSpacing(at moment: Int64, _ session: inout Session) {
        let longest = session.spaces.dropFirst().map(\.dumpPeriod).max() ?? 0
        guard longest > settings.intervalNanoseconds || session.isSpaced else { return }
        session.isSpaced = true
        var seconds: Int64 = 1
        while seconds * 1_000_000_000 < longest { seconds *= 2 }
        let isRare = seconds * 1_000_000_000 > settings.intervalNanoseconds
        let percent = 100 / Self.spaceShare
        let reason = "dumped every \(seconds) s at the least, within \(percent) % of the time"
        session.pending += session.sources.note(
            "other namespaces", reason: isRare ? reason : nil, at: moment)
    }

    /// Walks one table, then asks for what the walk did not show. Events are taken before the rows
    /// of each reply, so that no row tells a change before its event does.
    private func dump(
        _ space: Space, _ session: inout Session, _ complete: inout Bool
    ) -> Window {
        let axis = session.axis
        guard let tcp = space.namespace?.tcp else { return Window(earliest: 0, latest: 0) }
        let outcome = tcp.dump { window, rows in
            pump(&session)
            space.ledger.observe(rows, in: axis.window(window))
        }
        pump(&session)
        let window = axis.window(outcome.window)
        complete = outcome.failure == nil
        settle(space.ledger.endDump(window, complete: complete), space, tcp, axis)
        session.sources.count(tcp.name, events: Int64(outcome.rows), lost: complete ? 0 : 1)
        if space === session.own { session.progress.failure = outcome.failure }
        if let failure = outcome.failure { observer.notice("a dump is not complete: \(failure)") }
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
