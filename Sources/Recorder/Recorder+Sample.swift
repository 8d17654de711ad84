import Ledger
import Model

extension Recorder {
    /// Of listeners, limits and the like a sample seldom changes more.
    private static let fewChanges = 1024
    /// This many ticks missed in a row make a gap, if they last at least `gapLength`.
    private static let gapTicks: Int64 = 5
    /// µs.
    private static let gapLength: Int64 = 5_000_000

    /// Takes one sample and writes it.
    func takeSample(_ session: inout Session, isLast: Bool = false) throws {
        let reading = clock.now()
        pump(&session)
        let moment = session.axis.microseconds(reading.boot)
        let slept = noteClocks(reading, moment, &session)
        followNamespaces(at: moment, &session)
        var record = SampleRecord(
            id: session.nextSample, sampledMicroseconds: moment,
            nextConnection: session.numbering.nextConnection)
        if !isLast {
            record.health.lagMicroseconds = max(0, reading.boot - session.schedule.due) / 1000
        }
        session.nextSample += 1
        dumpAll(&session, &record, isLast: isLast)
        noteGap(before: record, slept: slept, &session)
        readCounters(&session)
        session.hostWatch.look(session.spaces, at: moment, clock: clock)
        noteSources(moment, &session)
        let writing = noteWriting(at: moment, &session)
        if session.lost != nil { return }
        let changes = endSample(&session, writing, &record)
        try session.writer.write(record, changes: changes)
        report(record, &session)
        session.lastSampled = record.sampledMicroseconds + (record.dumpMicroseconds ?? 0)
        session.lastTick = record.sampledMicroseconds
    }

    /// Whether the host slept since the last sample.
    private func noteClocks(
        _ reading: ClockReading, _ moment: Int64, _ session: inout Session
    ) -> Bool {
        var slept = false
        for event in session.clockWatch.observe(reading, at: moment) {
            switch event {
            case .step(let step):
                session.pending.append(.clockStep(step))
                let seconds = Double(step.offsetMicroseconds) / 1e6
                observer.notice("the wall clock stepped by \(seconds) s")
            case .slept(let nanoseconds):
                slept = true
                for space in session.spaces {
                    space.ledger.noteSleep(woke: moment, length: nanoseconds / 1000)
                }
                observer.notice("the host slept for \(nanoseconds / 1_000_000_000) s")
            }
        }
        return slept
    }

    /// Tells of a stretch without ticks, from the last one to this: of a sleep, or of many that could
    /// not be met, wherever the recorder stood, also within a dump.
    private func noteGap(before record: SampleRecord, slept: Bool, _ session: inout Session) {
        guard session.progress.samples > 0 else { return }
        let silence = record.sampledMicroseconds - session.lastTick
        let ticks = silence / max(1, session.schedule.interval / 1000)
        guard slept || silence >= Self.gapLength && ticks >= Self.gapTicks else { return }
        let gap = GapRecord(
            fromMicroseconds: session.lastTick, untilMicroseconds: record.sampledMicroseconds,
            reason: slept ? "suspended" : "overload")
        session.pending.append(.gap(gap))
        if !slept {
            observer.notice("no sample for \(silence / 1_000_000) s: the host is too busy")
        }
    }

    /// Reads the counters of each namespace, then takes what was told until then, so that both
    /// speak of the same attempts. The first sample keeps those of the beginning: what it records
    /// belongs to the second.
    private func readCounters(_ session: inout Session) {
        for space in session.spaces {
            guard let namespace = space.namespace else { continue }
            if space.isCounting {
                let moment = session.axis.microseconds(clock.now().boot)
                space.counters = namespace.counters()
                space.ledger.countUntil(moment)
            } else {
                space.ledger.countUntil(.min)
            }
            space.isCounting = true
        }
        pump(&session)
    }

    /// What a missing privilege hides is said once.
    private func noteSources(_ moment: Int64, _ session: inout Session) {
        let notes =
            sources.host.notes + (sources.transitions?.notes ?? [])
            + (sources.finder?.notes ?? [])
        for note in notes where session.notes.insert(note).inserted {
            session.pending += session.sources.note(note.source, reason: note.reason, at: moment)
            observer.notice("\(note.source): \(note.reason)")
        }
    }

    /// Ends every ledger's sample, fills in the record, and gives all changes.
    private func endSample(
        _ session: inout Session, _ writing: SinkWriter.Report, _ record: inout SampleRecord
    ) -> [Change] {
        // A busy sample changes much: it is put together once, in one piece of memory.
        var changes = session.pending
        changes += session.sources.takeChanges()
        changes += session.hostWatch.takeChanges()
        session.pending.removeAll()
        // Doubled instead, it would take twice as much when the first sample hands over all sockets.
        changes.reserveCapacity(
            session.spaces.reduce(changes.count) { $0 + $1.ledger.changeCount } + Self.fewChanges)
        var late: Int64 = 0
        var drift: Int64 = 0
        for space in session.spaces {
            changes += space.takeChanges()
            var result = space.ledger.endSample(after: consume changes)
            changes = result.changes
            result.changes = []
            record.namespaces.append(sample(of: space, result, complete: record.complete))
            space.recordedOpens +=
                result.recordedActive + result.recordedPassive + result.recordedUnattributed
            late += space.ledger.lateEvents
            drift += space.ledger.drift
        }
        if record.complete {
            record.sockets = record.namespaces.reduce(0) { $0 + ($1.states?.total ?? 0) }
        }
        record.fileHandles = sources.host.fileHandles()
        record.nextConnection = session.numbering.nextConnection
        record.health.writeMicroseconds = writing.writeMicroseconds
        record.health.backlogBytes = Int64(writing.backlogOctets)
        record.health.drift = drift
        record.health.fileBytes = writing.fileBytes
        record.health.memoryBytes = sources.host.residentOctets
        if let transitions = sources.transitions {
            record.health.lateEvents = late
            record.health.backlogBytes? += transitions.backlogOctets
        }
        return changes
    }

    private func sample(
        of space: Space, _ result: LedgerResult, complete: Bool
    ) -> NamespaceSample {
        var sample = NamespaceSample(netns: space.netns)
        if complete { sample.states = result.states }
        sample.counters = space.counters
        if let statistics = space.namespace?.socketStatistics() { sample.statistics = statistics }
        sample.recordedActive = result.recordedActive
        sample.recordedPassive = result.recordedPassive
        sample.recordedUnattributed = result.recordedUnattributed
        return sample
    }

    private func report(_ record: SampleRecord, _ session: inout Session) {
        let previous = session.progress
        let elapsed = record.sampledMicroseconds - session.axis.microseconds(session.schedule.start)
        session.progress.samples += 1
        session.progress.elapsedMicroseconds = elapsed
        session.progress.sockets = record.sockets
        session.progress.fileBytes = record.health.fileBytes
        session.progress.lagMicroseconds = record.health.lagMicroseconds ?? 0
        let counted = session.spaces.filter { $0.kernelOpens != nil }
        session.progress.recordedOpens = counted.reduce(0) { $0 + $1.recordedOpens }
        session.progress.kernelOpens =
            counted.isEmpty ? nil : counted.reduce(0) { $0 + ($1.kernelOpens ?? 0) }
        if let now = session.progress.kernelOpens, let then = previous.kernelOpens {
            let seconds = Double(elapsed - previous.elapsedMicroseconds) / 1e6
            session.progress.opensPerSecond = seconds > 0 ? Double(now - then) / seconds : nil
        }
        session.sources.count("schedule", events: 1)
        observer.sampled(session.progress)
    }
}
