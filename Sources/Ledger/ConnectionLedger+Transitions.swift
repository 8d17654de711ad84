import Model

// A later sight, in another state or of a mini-socket.
extension ConnectionLedger {
    mutating func transition(_ row: SocketRow, _ slot: Int, in window: Window) {
        let change = window.change(since: hot[slot].seen)
        let wasMini = hot[slot].flags.contains(.mini)
        if row.state != hot[slot].state { enter(row, slot, change, in: window) }
        if row.isMiniSocket, !wasMini {
            if records[slot].closed == .unknown { records[slot].closed = change }
            turnMini(slot)
            if row.state == .finWait2 { hot[slot].flags.insert(.orphaned) }
        }
        if !row.isMiniSocket { update(row, slot) }
        Self.setCloser(of: &records[slot], row.state, isMini: row.isMiniSocket)
        setState(slot, row.state)
        touch(slot)
    }

    /// The full socket is over, its mini-socket lives on.
    mutating func turnMini(_ slot: Int) {
        hot[slot].flags.insert(.mini)
        endAwaiting(slot)
        hot[slot].keepEntry(nil)
        if !unowned.isEmpty { unowned[slot] = nil }
        if hearing.isOn { index(slot) }
    }

    /// The stay in the old state ends, that in the new one begins.
    private mutating func enter(
        _ row: SocketRow, _ slot: Int, _ change: Bounds, in window: Window
    ) {
        if row.state == .timeWait {
            let entered = timeWaitEntry(row, change, in: window)
            let isAway = hot[slot].flags.contains(.awaiting)
            if isAway, records[slot].lastSample ?? .min < sample - 1 { tellEstablished(slot) }
            // An unseen FIN-WAIT-2 or CLOSING may lie between.
            let isNext = hot[slot].state == .finWait2 || hot[slot].state == .closing
            leaveSpan(slot, isNext ? entered : entered.closing(change))
            if records[slot].opened == .unknown { records[slot].opened = entered.closing(change) }
            if records[slot].closed == .unknown { records[slot].closed = entered.closing(change) }
            records[slot].timeWait = TimeWaitRecord(entered: entered, firstSample: sample)
            return
        }
        enter(row.state, slot, change, shownBy: sample)
    }

    /// A full socket, or an orphaned FIN_WAIT2, enters a state; nil where no sample shows it yet.
    mutating func enter(_ state: TCPState, _ slot: Int, _ change: Bounds, shownBy sample: Int64?) {
        tellEstablished(slot)
        leaveSpan(slot, change)
        if state == .established { records[slot].opened = change }
        if state.isClosing, records[slot].opened == .unknown { records[slot].opened = change }
        if state == .established, isPassingHandshake(slot) {
            records[slot].spans = []
        } else {
            records[slot].spans.append(
                SpanRecord(state: state, entered: change, firstSample: sample))
        }
    }

    /// A life that is told by no spans is ESTAB up to its TIME-WAIT: where it was more, or where a
    /// sample between held neither, its ESTAB needs one.
    private mutating func tellEstablished(_ slot: Int) {
        guard hot[slot].state == .established, records[slot].spans.isEmpty else { return }
        let stay = SpanRecord(
            state: .established, entered: records[slot].opened,
            firstSample: records[slot].firstSample)
        records[slot].spans = [stay]
    }

    /// A SYN-SENT that no sample saw needs no row: it reaches from the attempt to the opening.
    private mutating func isPassingHandshake(_ slot: Int) -> Bool {
        let spans = records[slot].spans
        return spans.count == 1 && spans[0].firstSample == nil && spans[0].state == .synSent
            && !hot[slot].flags.contains(.spansTold)
    }

    /// Ends the last span, if the life is told by spans.
    mutating func leaveSpan(_ slot: Int, _ left: Bounds) {
        let last = records[slot].spans.count - 1
        guard last >= 0, records[slot].spans[last].left == .unknown else { return }
        records[slot].spans[last].left = left
        if records[slot].spans[last].firstSample != nil {
            records[slot].spans[last].lastSample = lastSample(of: slot)
        }
        records[slot].firstDirtySpan = min(records[slot].firstDirtySpan, last)
    }

    /// The entry that a timer tells, moved back over the sleeps in which it stood still.
    mutating func timeWaitTimer(_ row: SocketRow, in window: Window) -> Bounds? {
        guard var entry = TimeWaitClock.entry(of: row, seen: window) else { return nil }
        for sleep in sleeps.reversed() {
            guard let earliest = entry.earliest, let latest = entry.latest, earliest < sleep.woke
            else { break }
            entry = Bounds(earliest: earliest - sleep.length, latest: latest - sleep.length)
        }
        return entry
    }

    private mutating func timeWaitEntry(
        _ row: SocketRow, _ change: Bounds, in window: Window
    ) -> Bounds {
        guard let timer = timeWaitTimer(row, in: window) else { return change }
        if let entered = timer.intersection(change) { return entered }
        drift += 1
        return change
    }

    /// A further look at a mini-socket: its timer narrows the entry, or tells of a restart.
    mutating func refineTimeWait(_ row: SocketRow, _ slot: Int, in window: Window) {
        guard row.state == .timeWait, let known = records[slot].timeWait?.latestEntry,
            let timer = timeWaitTimer(row, in: window)
        else { return }
        if let narrower = timer.intersection(known) {
            if narrower != known { narrow(slot, to: narrower) }
        } else if let earliest = timer.earliest, let latest = known.latest,
            earliest - latest > TimeWaitClock.restartThreshold
        {
            records[slot].timeWait?.latestEntry =
                timer.intersection(window.change(since: hot[slot].seen)) ?? timer
            records[slot].timeWait?.restarts += 1
            touch(slot)
        }
    }

    mutating func narrow(_ slot: Int, to entry: Bounds) {
        records[slot].timeWait?.latestEntry = entry
        hot[slot].keepEntry(entry)
        guard records[slot].timeWait?.restarts == 0 else { return }
        records[slot].timeWait?.entered = entry
        let last = records[slot].spans.count - 1
        if last >= 0 {
            let state = records[slot].spans[last].state
            if state == .finWait2 || state == .closing {
                records[slot].spans[last].left = entry
            } else if let latest = entry.latest {
                records[slot].spans[last].left.lower(latestTo: latest)
            }
        }
        // What happened before the TIME_WAIT cannot have happened later than it.
        guard let latest = entry.latest else { return }
        records[slot].closed.lower(latestTo: latest)
        records[slot].opened.lower(latestTo: latest)
        records[slot].attempted.lower(latestTo: latest)
        hot[slot].flags.insert(.moved)
    }
}

extension Bounds {
    /// Lowers the latest moment to what later evidence allows.
    mutating func lower(latestTo moment: Int64) {
        guard let latest, latest > moment, moment >= earliest ?? .min else { return }
        self.latest = moment
    }

    /// The end of a full socket that was last seen at the change's beginning and then gave birth
    /// to a TIME_WAIT that was entered within these bounds.
    fileprivate func closing(_ change: Bounds) -> Bounds {
        Bounds(earliest: change.earliest, latest: latest ?? change.latest)
    }
}
