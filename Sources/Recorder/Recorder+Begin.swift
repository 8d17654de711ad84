import Ledger
import Model

// The first moments of a recording.
extension Recorder {
    func begin(_ writer: SinkWriter) throws -> Session {
        let reading = clock.now()
        let wall = TimeAxis(reading).microseconds(reading.boot)
        let facts = sources.host.facts
        let next = try writer.begin(
            RecordingRecord(
                uuid: settings.uuid(), host: facts.hostname, bootID: facts.bootID,
                kernel: facts.kernelRelease, version: settings.version,
                intervalMicroseconds: settings.intervalNanoseconds / 1000,
                startedMicroseconds: wall))
        let axis = TimeAxis(reading, from: next.axisStart)
        let started = axis.microseconds(reading.boot)
        if started != wall {
            observer.notice(
                "the wall clock is \(Double(started - wall) / 1e6) s behind the last recording")
        }
        let numbering = Numbering(next)
        var session = Session(
            writer: writer, axis: axis, numbering: numbering,
            hostWatch: HostWatch(
                host: sources.host, axis: axis, next: next,
                intervalNanoseconds: settings.intervalNanoseconds,
                hearsEvents: sources.transitions != nil),
            clockWatch: ClockWatch(reading, ahead: started - wall),
            sources: SourceLog(nextID: next.source),
            schedule: Schedule(
                start: reading.boot, interval: settings.intervalNanoseconds,
                spread: facts.jiffyMicroseconds * 1000),
            budget: EventBudget(share: settings.eventShare), nextSample: next.sample,
            start: reading)
        nameSources(&session, at: started)
        let own = sources.namespace.facts
        let space = open(own, at: started, &session)
        enter(space, sources.namespace, &session)
        return session
    }

    private func nameSources(_ session: inout Session, at moment: Int64) {
        session.sources.note(sources.namespace.tcp.name, reason: nil, at: moment)
        session.sources.note("schedule", reason: nil, at: moment)
        if let transitions = sources.transitions {
            session.sources.note(transitions.name, reason: nil, at: moment)
        }
        for note in sources.notes {
            session.pending += session.sources.note(note.source, reason: note.reason, at: moment)
            observer.notice("\(note.source): \(note.reason)")
        }
    }

    /// Begins a namespace's ledger; events may tell of it before it is entered.
    func open(_ facts: NamespaceFacts, at moment: Int64, _ session: inout Session) -> Space {
        let record = NamespaceRecord(
            netns: facts.cookie, inode: facts.inode == 0 ? nil : facts.inode, name: facts.name,
            firstSeen: moment)
        let isOwn = session.spaces.isEmpty
        let space = Space(
            record, numbering: session.numbering,
            hasCookies: !isOwn || sources.namespace.tcp.hasCookies)
        if let transitions = sources.transitions {
            space.ledger.hear(
                session.detail, timers: transitions.tellsTimers,
                from: isOwn ? .min : moment)
        }
        session.open(space)
        session.pending.append(.namespace(record))
        return space
    }

    /// Begins to look at a namespace from within. The counters are read when all that tells of
    /// openings is there: what opened before belongs to nobody.
    func enter(_ space: Space, _ namespace: any NetworkNamespace, _ session: inout Session) {
        space.namespace = namespace
        if sources.wantsCloses { hearCloses(of: space, namespace, &session) }
        space.counters = namespace.counters()
        space.baseline = space.counters
        space.ledger.beginCounting(at: session.axis.microseconds(clock.now().boot))
    }

    private func hearCloses(
        of space: Space, _ namespace: any NetworkNamespace, _ session: inout Session
    ) {
        let moment = session.axis.microseconds(clock.now().boot)
        do {
            let closes = try namespace.closes()
            space.closes = closes
            space.ledger.hearCloses(true)
            session.pending += session.sources.note(closes.name, reason: nil, at: moment)
        } catch {
            let note = SourceNote(source: "sock_destroy", reason: "\(error)")
            guard session.notes.insert(note).inserted else { return }
            session.pending += session.sources.note(note.source, reason: note.reason, at: moment)
            observer.notice("\(note.source): \(note.reason)")
        }
    }
}
