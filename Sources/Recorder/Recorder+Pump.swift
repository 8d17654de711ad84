import Ledger
import Model

// What comes by itself: events and destroy messages.
extension Recorder {
    /// Takes all that was told until now. Between the rows of a dump it is asked often: there, what
    /// was lost is asked for only when something came that could be believed too soon. Before the
    /// dump's silence is, all is asked.
    func pump(_ session: inout Session, betweenRows: Bool = false) {
        if let transitions = sources.transitions {
            takeEvents(transitions, &session, betweenRows)
        }
        for space in session.spaces { takeCloses(of: space, &session, betweenRows) }
    }

    private func takeEvents(
        _ transitions: any TransitionSource, _ session: inout Session, _ betweenRows: Bool
    ) {
        let before = clock.now().boot
        var told: Int64 = 0
        transitions.take { events in
            // What was lost is known before what came is believed.
            if told == 0 { noteLostEvents(transitions, until: before, &session) }
            told += Int64(events.count)
            for event in events { observe(event, &session) }
        }
        if told == 0 {
            if betweenRows { return }
            noteLostEvents(transitions, until: before, &session)
        }
        session.lastPump = before
        session.sources.count(transitions.name, events: told)
        keepBudget(transitions, at: before, &session)
    }

    private func observe(_ event: KernelEvent, _ session: inout Session) {
        let moment = session.axis.microseconds(event.bootNanoseconds)
        guard let space = session.space(event.netns) ?? meet(event.netns, at: moment, &session)
        else { return }
        let process = session.hostWatch.process(of: event, at: moment)
        space.ledger.observe(event, at: moment, process: process)
    }

    /// A namespace of which nothing was known: the next look for namespaces names it.
    private func meet(_ netns: UInt64, at moment: Int64, _ session: inout Session) -> Space? {
        guard sources.finder != nil else { return nil }
        session.scanDue = .min
        return open(NamespaceFacts(cookie: netns, inode: 0), at: moment, &session)
    }

    private func noteLostEvents(
        _ transitions: any TransitionSource, until now: Int64, _ session: inout Session
    ) {
        let lost = transitions.lost.total
        guard lost > session.lostEvents else { return }
        let earliest = session.axis.microseconds(session.lastPump)
        let latest = session.axis.microseconds(clock.now().boot)
        for space in session.spaces {
            space.ledger.noteLoss(of: .events, from: earliest, until: latest)
        }
        let count = Int64(clamping: lost - session.lostEvents)
        session.lostEvents = lost
        noteUntold(&session)
        session.pending += session.sources.lose(
            transitions.name, count, from: earliest, until: latest,
            reason: "lost: no room in the ring")
    }

    // MARK: Budget

    /// Sheds detail where events cost more than they may, and takes it up again.
    private func keepBudget(
        _ transitions: any TransitionSource, at now: Int64, _ session: inout Session
    ) {
        // A dump takes events before each of its replies.
        guard now >= session.budgetDue else { return }
        session.budgetDue = now + Self.pumpInterval
        let detail = session.budget.observe(
            transitions.cost, at: now, current: session.detail)
        guard detail != session.detail else { return }
        transitions.detail = detail
        session.detail = detail
        noteUntold(&session)
        let moment = session.axis.microseconds(clock.now().boot)
        for space in session.spaces {
            space.ledger.hear(detail, timers: transitions.tellsTimers, from: moment)
        }
        let reason = sheddingReason(detail)
        session.pending += session.sources.note(transitions.name, reason: reason, at: moment)
        observer.notice(reason.map { "events \($0)" } ?? "events are told in full again")
    }

    private func sheddingReason(_ detail: EventDetail) -> String? {
        let percent = (settings.eventShare ?? 1) * 100
        let share = percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
        return switch detail {
        case .full: nil
        case .edges: "shed: details, over --event-budget \(share) %"
        case .none: "shed: events, over --event-budget \(share) %"
        }
    }

    // MARK: Destroy messages

    private func takeCloses(of space: Space, _ session: inout Session, _ betweenRows: Bool) {
        guard let closes = space.closes else { return }
        var batches: [(BootWindow, [SocketRow])] = []
        closes.take { batches.append(($0, $1)) }
        if betweenRows, batches.isEmpty { return }
        let lost = closes.lost
        if lost > space.lostCloses {
            let earliest = session.axis.microseconds(session.lastPump)
            let latest = session.axis.microseconds(clock.now().boot)
            space.ledger.noteLoss(of: .closes, from: earliest, until: latest)
            session.pending += session.sources.lose(
                closes.name, lost - space.lostCloses, from: earliest, until: latest,
                reason: "lost: no room in the socket's buffer")
            space.lostCloses = lost
        }
        var told: Int64 = 0
        for (window, rows) in batches {
            told += Int64(rows.count)
            space.ledger.observe(closes: rows, in: session.axis.window(window))
        }
        session.sources.count(closes.name, events: told)
        if sources.transitions == nil { session.lastPump = clock.now().boot }
    }
}
