import Model

// What becomes of what was observed.
extension Recorder {
    /// The source whose rows tell when the file took nothing, and what that cost.
    private static let fileSource = "file"

    /// Takes what happened to the writing since the last sample.
    func noteWriting(at moment: Int64, _ session: inout Session) -> SinkWriter.Report {
        let report = session.writer.report()
        for event in report.events {
            switch event {
            case .failing(let reason):
                observer.notice("cannot write: \(reason); it is kept and tried again")
                session.pending += session.sources.note(
                    Self.fileSource, reason: "\(reason): written later", at: moment)
            case .recovered(let reason, let nanoseconds, let folded):
                session.pending += session.sources.note(Self.fileSource, reason: nil, at: moment)
                noteFolded(folded, reason, &session)
                let seconds = nanoseconds / 1_000_000_000
                observer.notice("writing again after \(seconds) s: \(folded.text)")
            case .lost(let reason):
                observer.notice("the file is lost: \(reason); another recording begins")
                session.lost = reason
            }
        }
        if let log = report.logBytes, log >= session.notedLog {
            session.notedLog = 2 * log
            observer.notice(
                "the file's log takes \(log >> 20) MiB: a program that reads the file keeps it from "
                    + "shrinking, or the disk is slow")
        }
        return report
    }

    private func noteFolded(
        _ folded: Backlog.Folded, _ reason: String, _ session: inout Session
    ) {
        guard folded != Backlog.Folded() else { return }
        session.pending.append(
            .gap(
                GapRecord(
                    fromMicroseconds: folded.from, untilMicroseconds: folded.until, reason: reason))
        )
        session.pending += session.sources.lose(
            Self.fileSource, folded.connections, from: folded.from, until: folded.until,
            reason: "lost: \(reason)")
    }

    /// Begins another recording in a file opened anew; without one, all stays as it is until the
    /// next try. What was open before is left-censored there, as in any recording.
    func beginAnew(_ session: inout Session) {
        let written = session.writer.report().writtenMicroseconds ?? session.started
        guard let reason = session.lost,
            session.writer.abandon(atMicroseconds: written, reason: reason)
        else { return }
        discard()
        do {
            // The wall clock is the only axis that two recordings share.
            let seen = written + session.clockWatch.total
            let lost = sources.transitions?.lost.total ?? 0
            if let transitions = sources.transitions { transitions.detail = .full }
            var next = try begin(
                SinkWriter(try reopen(), clock: clock, bound: settings.backlogOctets))
            next.lostEvents = lost
            let started = next.started
            next.pending.append(
                .gap(
                    GapRecord(
                        fromMicroseconds: min(seen, started), untilMicroseconds: started,
                        reason: reason)))
            session = next
        } catch {
            let text = "cannot record: \(error)"
            if session.notes.insert(SourceNote(source: Self.fileSource, reason: text)).inserted {
                observer.notice(text)
            }
        }
    }

    /// Takes what comes by itself, for nobody.
    func discard() {
        sources.transitions?.take { _ in }
    }
}

extension Backlog.Folded {
    /// What is lost, in words.
    fileprivate var text: String {
        switch (connections, samples) {
        case (0, 0): "nothing is lost"
        case (_, 0): "\(connections) connections were counted only"
        case (0, _): "\(samples) samples are lost"
        default: "\(connections) connections were counted only, \(samples) samples are lost"
        }
    }
}
