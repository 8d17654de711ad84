import Model

// TIME_WAIT and the orphaned FIN_WAIT2, as the kernel tells of their timers.
extension ConnectionLedger {
    /// A timer that is taken out is started again, or expires, at once if at all, µs.
    static let cancelPatience: Int64 = 5_000
    /// What is left on a timer tells its start to a jiffy and the lateness of a tick, µs: the
    /// longest jiffy is 10 ms (HZ 100).
    private static let timerSlack: Int64 = 12_000

    mutating func startTimer(
        _ event: KernelEvent, _ state: TCPState, left: Int64, at moment: Int64
    ) {
        // A life that nobody had met: the next dump shows the mini-socket.
        guard event.cookie != 0 else { return }
        if let slot = life(of: event.cookie), isSame(slot, event) {
            complete(slot, event, nil)
            return bear(slot, state, at: moment)
        }
        guard let slot = miniSocket(of: event) else {
            guard !isLate(event, at: moment), state == .timeWait else { return lateEvents += 1 }
            return meetWaiting(event, left: left, at: moment)
        }
        guard moment > hot[slot].heard || hot[slot].flags.contains(.cancelled) else {
            return lateEvents += 1
        }
        dropCancel(slot)
        hot[slot].heard = moment
        guard state == .timeWait else {
            hot[slot].flags.insert(.orphaned)
            return
        }
        if hot[slot].state == .timeWait {
            restart(slot, at: moment)
        } else {
            enterTimeWait(slot, Bounds(exactly: moment))
        }
        if records[slot].firstSample != nil { touch(slot) }
    }

    /// The timer of a TIME_WAIT begins: anew, or for the first time where a dump had shown it.
    private mutating func restart(_ slot: Int, at moment: Int64) {
        let exactly = Bounds(exactly: moment)
        if let known = records[slot].timeWait?.latestEntry {
            if known.exact == nil, known.contains(moment) { return narrow(slot, to: exactly) }
            // The timer and then the packet that armed it tell of the same entry.
            if let latest = known.latest, moment - latest <= Self.sameMoment { return }
        }
        records[slot].timeWait?.latestEntry = exactly
        records[slot].timeWait?.restarts += 1
        hot[slot].keepEntry(exactly)
    }

    /// The full socket gives birth to its mini-socket.
    private mutating func bear(_ slot: Int, _ state: TCPState, at moment: Int64) {
        let exactly = Bounds(exactly: moment)
        let since = hot[slot].seen
        hot[slot].heard = moment
        hot[slot].seen = moment
        hide(slot)
        records[slot].closed = exactly
        records[slot].closeKind = .fin
        if records[slot].opened == .unknown {
            records[slot].opened = Bounds(
                earliest: records[slot].attempted.earliest, latest: moment)
        }
        Self.lower(&records[slot], to: moment)
        turnMini(slot)
        if state == .timeWait {
            enterTimeWait(slot, exactly, since: since)
        } else {
            hot[slot].flags.insert(.orphaned)
            if hot[slot].state != state {
                enter(state, slot, Bounds(earliest: since, latest: moment), shownBy: nil)
                setState(slot, state)
            }
        }
        Self.setCloser(of: &records[slot], state, isMini: true)
        countAttempt(slot)
        if records[slot].firstSample != nil { touch(slot) }
    }

    /// An unseen state may lie between the last one and TIME_WAIT: that one was left at any time
    /// since its last sight.
    private mutating func enterTimeWait(
        _ slot: Int, _ entered: Bounds, since sight: Int64? = nil
    ) {
        let isNext = hot[slot].state == .finWait2 || hot[slot].state == .closing
        let since = Bounds(earliest: sight ?? hot[slot].seen, latest: entered.latest)
        leaveSpan(slot, isNext ? entered : since)
        records[slot].timeWait = TimeWaitRecord(entered: entered, firstSample: nil)
        setState(slot, .timeWait)
        hide(slot)
    }

    /// A mini-socket of a life of which nothing was told.
    private mutating func meetWaiting(_ event: KernelEvent, left: Int64, at moment: Int64) {
        let slot = meet(event, .timeWait, at: moment, nil)
        records[slot].uid = nil
        let began = beginning(of: event.cookie, before: moment)
        records[slot].attempted = began.attempted
        records[slot].opened = began.opened
        records[slot].closed = began.opened
        records[slot].timeWait = TimeWaitRecord(
            entered: Bounds(exactly: moment), firstSample: nil)
        Self.setCloser(of: &records[slot], .timeWait, isMini: true)
        turnMini(slot)
    }

    mutating func expireTimer(
        _ event: KernelEvent, _ state: TCPState, left: Int64, at moment: Int64
    ) {
        guard let slot = miniSocket(of: event) else { return missMini(event, at: moment) }
        dropCancel(slot)
        becomeTimeWait(slot, state, left: left, at: moment)
        leaveMini(slot, .expired, at: moment)
    }

    mutating func cancelTimer(
        _ event: KernelEvent, _ state: TCPState, left: Int64, at moment: Int64
    ) {
        guard let slot = miniSocket(of: event) else { return missMini(event, at: moment) }
        guard moment >= hot[slot].heard, !hot[slot].flags.contains(.cancelled) else {
            return lateEvents += 1
        }
        hot[slot].flags.insert(.cancelled)
        hot[slot].heard = moment
        hearing.cancels[records[slot].tuple.mark] = Hearing.Cancel(
            slot: slot, moment: moment, state: state, left: left)
        hearing.oldestCancel = min(hearing.oldestCancel, moment)
    }

    private mutating func missMini(_ event: KernelEvent, at moment: Int64) {
        if isLate(event, at: moment) { lateEvents += 1 }
    }

    /// The kernel is silent where a FIN_WAIT2 becomes TIME_WAIT and its timer stays in its slot of
    /// the wheel; what is left of the 60 s at the end tells.
    private mutating func becomeTimeWait(
        _ slot: Int, _ state: TCPState, left: Int64, at moment: Int64
    ) {
        guard state == .timeWait, hot[slot].state != .timeWait else { return }
        let began = moment + left - TimeWaitClock.length
        let told = Bounds(earliest: began - Self.timerSlack, latest: began + Self.timerSlack)
        let possible = Bounds(earliest: hot[slot].seen, latest: moment)
        enterTimeWait(slot, told.intersection(possible) ?? possible)
    }

    /// The mini-socket is gone.
    private mutating func leaveMini(_ slot: Int, _ end: TimeWaitEnd, at moment: Int64) {
        let exactly = Bounds(exactly: moment)
        if hot[slot].state == .timeWait {
            records[slot].timeWait?.left = exactly
            records[slot].timeWait?.endedBy = end
        } else {
            leaveSpan(slot, exactly)
        }
        finalize(slot, at: moment)
    }

    // MARK: Early ends

    private mutating func dropCancel(_ slot: Int) {
        guard hot[slot].flags.contains(.cancelled) else { return }
        hot[slot].flags.remove(.cancelled)
        hearing.cancels[records[slot].tuple.mark] = nil
    }

    /// Timers that were taken out and neither started again nor expired: their mini-sockets ended
    /// early.
    mutating func resolveCancels(before moment: Int64) {
        guard !hearing.cancels.isEmpty else { return hearing.oldestCancel = .max }
        var oldest: Int64 = .max
        for (mark, cancel) in hearing.cancels.elements {
            guard moment == .max || cancel.moment + Self.cancelPatience <= moment else {
                oldest = min(oldest, cancel.moment)
                continue
            }
            hearing.cancels[mark] = nil
            endEarly(cancel, mark)
        }
        hearing.oldestCancel = oldest
    }

    private mutating func endEarly(_ cancel: Hearing.Cancel, _ mark: UInt64) {
        let (slot, moment) = (cancel.slot, cancel.moment)
        guard hearing.tellsTimers(at: moment) else {
            // Its start or its expiry may be what was lost: the next dump decides.
            hot[slot].flags.remove(.cancelled)
            return
        }
        becomeTimeWait(slot, cancel.state, left: cancel.left, at: moment)
        if isSucceeded(slot) { return leaveMini(slot, .reused, at: moment) }
        let isDue = cancel.left <= 0
        leaveMini(slot, isDue ? .expired : .cutShort, at: moment)
        if !isDue, let record = ended.last, record.timeWait != nil {
            hearing.endedEarly[mark] = (record, moment)
        }
    }

    /// A new incarnation has its 4-tuple: it tells why a TIME_WAIT with the same one ended.
    mutating func succeed(_ slot: Int) {
        guard !hearing.cancels.isEmpty || !hearing.endedEarly.isEmpty else { return }
        let mark = records[slot].tuple.mark
        if let cancel = hearing.cancels[mark], cancel.slot != slot {
            hearing.cancels[mark] = nil
            becomeTimeWait(cancel.slot, cancel.state, left: cancel.left, at: cancel.moment)
            leaveMini(cancel.slot, .reused, at: cancel.moment)
        }
        guard let early = hearing.endedEarly[mark] else { return }
        hearing.endedEarly[mark] = nil
        let attempted = records[slot].attempted
        guard (attempted.earliest ?? .min) <= early.moment + Self.sameMoment,
            (attempted.latest ?? .max) >= early.moment - Self.sameMoment
        else { return }
        var record = early.record
        record.timeWait?.endedBy = .reused
        ended.append(record)
    }

    // MARK: Names

    /// The mini-socket that a timer belongs to: a cookie alone may lead to a newer life.
    private mutating func miniSocket(of event: KernelEvent) -> Int? {
        guard event.cookie != 0, let slot = mini(of: event.cookie), isSame(slot, event) else {
            return nil
        }
        return slot
    }

    private mutating func isSame(_ slot: Int, _ event: KernelEvent) -> Bool {
        let known = records[slot].tuple
        return known == event.tuple
            || known.local.port == 0 && known.peer == event.tuple.peer
    }
}
