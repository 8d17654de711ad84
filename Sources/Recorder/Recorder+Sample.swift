import Ledger
import Model

extension Recorder {
    /// Exact requests take at most one part in so many of the interval.
    private static let settleShare: Int64 = 10
    /// This many ticks missed in a row make a gap, if they last at least `gapLength`.
    private static let gapTicks: Int64 = 5
    /// µs.
    private static let gapLength: Int64 = 5_000_000

    /// Takes one sample and writes it.
    func takeSample(_ session: inout Session, isLast: Bool = false) throws {
        let reading = clock.now()
        let moment = session.axis.microseconds(reading.boot)
        noteClocks(reading, moment, &session)
        var record = SampleRecord(
            id: session.nextSample, sampledMicroseconds: moment,
            nextConnection: session.ledger.nextConnectionID)
        if !isLast {
            record.health.lagMicroseconds = max(0, reading.boot - session.schedule.due) / 1000
        }
        session.nextSample += 1
        session.ledger.beginSample(record.id)
        dump(&session, &record)
        let first = session.progress.samples == 0
        if !first { session.counters = host.counters() }
        session.hostWatch.look(&session.ledger, at: moment, clock: clock)
        noteSources(moment, &session)
        let result = session.ledger.endSample()
        complete(&record, result, &session)
        let changes =
            session.pending + session.sources.takeChanges()
            + session.hostWatch.takeChanges() + result.changes
        session.pending.removeAll()
        let started = clock.now().boot
        try sink.write(record, changes: changes)
        session.lastWrite = (clock.now().boot - started) / 1000
        report(record, result, &session)
        session.lastSampled = record.sampledMicroseconds + (record.dumpMicroseconds ?? 0)
        session.lastBoot = reading.boot
    }

    private func noteClocks(_ reading: ClockReading, _ moment: Int64, _ session: inout Session) {
        var slept = false
        for event in session.clockWatch.observe(reading, at: moment) {
            switch event {
            case .step(let step):
                session.pending.append(.clockStep(step))
                let seconds = Double(step.offsetMicroseconds) / 1e6
                observer.notice("the wall clock stepped by \(seconds) s")
            case .slept(let nanoseconds):
                slept = true
                session.ledger.noteSleep(woke: moment, length: nanoseconds / 1000)
                observer.notice("the host slept for \(nanoseconds / 1_000_000_000) s")
            }
        }
        guard session.progress.samples > 0 else { return }
        let silence = moment - session.lastSampled
        let late =
            silence >= Self.gapLength
            && reading.boot - session.lastBoot >= Self.gapTicks * session.schedule.interval
        guard slept || late else { return }
        let gap = GapRecord(
            fromMicroseconds: session.lastSampled, untilMicroseconds: moment,
            reason: slept ? "suspended" : "overload")
        session.pending.append(.gap(gap))
        if !slept {
            observer.notice("no sample for \(silence / 1_000_000) s: the host is too busy")
        }
    }

    /// Walks the table, then asks for what the walk did not show.
    private func dump(_ session: inout Session, _ record: inout SampleRecord) {
        let axis = session.axis
        // The closure must not hold the session, which it would copy.
        var ledger = session.ledger
        session.ledger = ConnectionLedger(netns: 0, next: NextIdentifiers())
        let outcome = tcp.dump { window, rows in ledger.observe(rows, in: axis.window(window)) }
        let window = axis.window(outcome.window)
        record.sampledMicroseconds = window.earliest
        record.dumpMicroseconds = window.latest - window.earliest
        record.complete = outcome.failure == nil
        let absentees = ledger.endDump(window, complete: record.complete)
        settle(absentees, &ledger, axis)
        session.ledger = ledger
        session.progress.failure = outcome.failure
        session.sources.count(
            tcp.name, events: Int64(outcome.rows), lost: record.complete ? 0 : 1)
        if let failure = outcome.failure {
            observer.notice("a dump is not complete: \(failure)")
        }
    }

    private func settle(
        _ absentees: [Absentee], _ ledger: inout ConnectionLedger, _ axis: TimeAxis
    ) {
        guard !absentees.isEmpty else { return }
        let deadline = clock.now().boot + settings.intervalNanoseconds / Self.settleShare
        var before = clock.now().boot
        for absentee in absentees {
            guard before < deadline, absentee.cookie != 0 else {
                ledger.leave(absentee)
                continue
            }
            let answer = tcp.find(absentee.tuple, cookie: absentee.cookie)
            let after = clock.now().boot
            let window = axis.window(BootWindow(earliest: before, latest: after))
            ledger.settle(absentee, answer, at: window)
            before = after
        }
    }

    /// What a missing privilege hides is said once.
    private func noteSources(_ moment: Int64, _ session: inout Session) {
        for note in host.notes where session.notes.insert(note).inserted {
            session.pending += session.sources.note(note.source, reason: note.reason, at: moment)
            observer.notice("\(note.source): \(note.reason)")
        }
    }

    private func complete(
        _ record: inout SampleRecord, _ result: LedgerResult, _ session: inout Session
    ) {
        var space = NamespaceSample(netns: host.facts.netnsCookie ?? 0)
        if record.complete {
            space.states = result.states
            record.sockets = result.states.total
        }
        space.counters = session.counters
        space.statistics = host.socketStatistics()
        space.recordedActive = result.recordedActive
        space.recordedPassive = result.recordedPassive
        space.recordedUnattributed = result.recordedUnattributed
        record.namespaces = [space]
        record.fileHandles = host.fileHandles()
        record.nextConnection = session.ledger.nextConnectionID
        record.health.writeMicroseconds = session.lastWrite
        record.health.drift = session.ledger.drift
        record.health.fileBytes = sink.fileBytes
        record.health.memoryBytes = host.residentOctets
    }

    private func report(
        _ record: SampleRecord, _ result: LedgerResult, _ session: inout Session
    ) {
        let previous = session.progress
        let elapsed = record.sampledMicroseconds - session.axis.microseconds(session.schedule.start)
        session.progress.samples += 1
        session.progress.elapsedMicroseconds = elapsed
        session.progress.sockets = record.sockets
        session.progress.fileBytes = sink.fileBytes
        session.progress.lagMicroseconds = record.health.lagMicroseconds ?? 0
        session.progress.recordedOpens +=
            result.recordedActive + result.recordedPassive
            + result.recordedUnattributed
        session.progress.kernelOpens = session.counters.opens(since: session.baseline)
        if let now = session.progress.kernelOpens, let then = previous.kernelOpens {
            let seconds = Double(elapsed - previous.elapsedMicroseconds) / 1e6
            session.progress.opensPerSecond = seconds > 0 ? Double(now - then) / seconds : nil
        }
        session.sources.count("schedule", events: 1)
        observer.sampled(session.progress)
    }
}

extension KernelCounters {
    /// Attempts and accepted connections since an earlier reading; nil where one is not counted.
    func opens(since earlier: KernelCounters) -> Int64? {
        guard let active = activeOpens, let passive = passiveOpens,
            let activeBefore = earlier.activeOpens, let passiveBefore = earlier.passiveOpens
        else { return nil }
        return active - activeBefore + passive - passiveBefore
    }
}
