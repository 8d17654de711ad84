package import Model

extension ConnectionLedger {
    /// Takes rows that the kernel read within the window.
    package mutating func observe(_ rows: [SocketRow], in window: Window) {
        for row in rows {
            switch row.state {
            case .listen:
                if listeners.observe(row, in: window, sample: sample, generation: generation) {
                    states.add(row.state)
                }
            case .synReceived, .newSynReceived:
                if isSimultaneousOpen(row) {
                    sight(row, in: window)
                } else {
                    observeHandshake(row, in: window)
                }
            case .close:
                states.add(row.state)
            default:
                sight(row, in: window)
            }
        }
    }

    /// Whether both ends sent a SYN: the one state before ESTAB that a recorded attempt can enter.
    private func isSimultaneousOpen(_ row: SocketRow) -> Bool {
        guard let slot = slot(of: row) else { return false }
        return hot[slot].state == .synSent || hot[slot].state == .synReceived
    }

    private mutating func observeHandshake(_ row: SocketRow, in window: Window) {
        guard handshakes[row.cookie]?.generation != generation || row.cookie == 0 else {
            duplicates += 1
            return
        }
        states.add(row.state)
        guard row.cookie != 0 else { return }
        let attempted =
            handshakes[row.cookie]?.attempted ?? window.change(since: absences.last)
        handshakes[row.cookie] = Handshake(
            attempted: attempted, seen: window.earliest, generation: generation)
    }

    /// Takes one sight of a connection, by a dump or by an exact request.
    mutating func sight(_ row: SocketRow, in window: Window) {
        guard let slot = slot(of: row) else { return appear(row, in: window) }
        if hot[slot].generation == generation {
            duplicates += 1
            return
        }
        if isNewIncarnation(row, slot) {
            end(slot, absent: window, replaced: true)
            return appear(row, in: window)
        }
        states.add(row.state)
        if hot[slot].flags.contains(.unsettled) { hot[slot].flags.remove(.unsettled) }
        hot[slot].generation = generation
        if row.state != hot[slot].state || row.isMiniSocket != hot[slot].flags.contains(.mini) {
            transition(row, slot, in: window)
        } else if row.isMiniSocket {
            refineTimeWait(row, slot, in: window)
        } else if row.fingerprint != hot[slot].fingerprint
            || row.inode != hot[slot].inode && row.inode != 0
        {
            update(row, slot)
        }
        hot[slot].seen = window.earliest
    }

    /// A cookie outlives `connect(AF_UNSPEC)`, and sources without cookies know the 4-tuple only: a
    /// life that begins anew is another connection.
    private func isNewIncarnation(_ row: SocketRow, _ slot: Int) -> Bool {
        if row.state != hot[slot].state, !row.state.canFollow(hot[slot].state) { return true }
        if hot[slot].flags.contains(.mini), !row.isMiniSocket { return true }
        guard row.cookie == 0, hot[slot].inode != 0, row.inode != 0 else { return false }
        return row.inode != hot[slot].inode
    }

    // MARK: A first sight

    private mutating func appear(_ row: SocketRow, in window: Window) {
        var record = ConnectionRecord(
            id: nextConnection, netns: netns, tuple: row.tuple, cookie: row.cookie,
            state: row.state)
        nextConnection += 1
        record.firstSample = sample
        setBeginning(of: &record, row, in: window)
        record.role = role(of: row)
        Self.setNumbers(of: &record, row)
        Self.setCloser(of: &record, row)
        states.add(row.state)
        let flags: HotSocket.Flags = row.isMiniSocket ? [.alive, .mini] : [.alive]
        let slot = insert(
            record,
            HotSocket(
                seen: window.earliest, fingerprint: row.fingerprint, identity: row.identity,
                inode: row.inode, generation: generation, state: row.state, flags: flags))
        if row.inode != 0, !row.isMiniSocket { unowned[slot] = 0 }
        appeared.append(slot)
        appearedMarks.insert(row.tuple.mark)
        touch(slot)
    }

    /// When the connection began, from the last dump that did not show it and from what the row
    /// itself tells of its age.
    private func setBeginning(
        of record: inout ConnectionRecord, _ row: SocketRow, in window: Window
    ) {
        if row.state == .timeWait {
            return setBeginning(ofWaiting: &record, row, in: window)
        }
        let latest = window.latest - (RoleEvidence.leastAge(of: row) ?? 0)
        let began = Bounds(earliest: absence(before: latest), latest: latest)
        record.attempted = handshakes[row.cookie]?.attempted ?? began
        if row.state == .synSent {
            record.attempted = window.change(since: absences.last)
        } else {
            record.opened = began
            if let handshake = handshakes[row.cookie] {
                record.opened.earliest = max(began.earliest ?? .min, handshake.seen)
            }
            record.attempted.latest = min(record.attempted.latest ?? latest, latest)
        }
        if row.isMiniSocket {
            record.closed = window.change(since: began.earliest)
        }
        if row.state != .established {
            let entered = window.change(since: began.earliest)
            record.spans = [SpanRecord(state: row.state, entered: entered, firstSample: sample)]
        }
    }

    /// A connection first met in TIME_WAIT between two samples opened and closed between them.
    private func setBeginning(
        ofWaiting record: inout ConnectionRecord, _ row: SocketRow, in window: Window
    ) {
        let timer = timeWaitTimer(row, in: window)
        let latest = timer?.latest ?? window.latest
        let before = absence(before: latest)
        let span = Bounds(earliest: before, latest: latest)
        record.attempted = span
        record.opened = span
        record.closed = span
        let entered = timer.map { $0.intersection(span) ?? $0 } ?? span
        record.timeWait = TimeWaitRecord(entered: entered, firstSample: sample)
    }

    /// The start of the last complete dump that can have found nothing because there was nothing
    /// yet; a dump that began later than the connection missed it. Nil: open before the recording.
    private func absence(before latest: Int64) -> Int64? {
        absences.last { $0 <= latest }
    }

    // MARK: A later sight

    private mutating func transition(_ row: SocketRow, _ slot: Int, in window: Window) {
        let change = window.change(since: hot[slot].seen)
        let wasMini = hot[slot].flags.contains(.mini)
        if row.state != hot[slot].state { enter(row, slot, change, in: window) }
        if row.isMiniSocket, !wasMini {
            if records[slot].closed == .unknown { records[slot].closed = change }
            if row.state != .timeWait { records[slot].closeKind = .fin }
            hot[slot].flags.insert(.mini)
            unowned[slot] = nil
        }
        if !row.isMiniSocket { update(row, slot) }
        Self.setCloser(of: &records[slot], row)
        hot[slot].state = row.state
        records[slot].state = row.state
        touch(slot)
    }

    /// The stay in the old state ends, that in the new one begins.
    private mutating func enter(
        _ row: SocketRow, _ slot: Int, _ change: Bounds, in window: Window
    ) {
        if row.state == .timeWait {
            let entered = timeWaitEntry(row, change, in: window)
            leaveSpan(slot, entered)
            if records[slot].opened == .unknown { records[slot].opened = entered.closing(change) }
            if records[slot].closed == .unknown { records[slot].closed = entered.closing(change) }
            records[slot].timeWait = TimeWaitRecord(entered: entered, firstSample: sample)
            return
        }
        if hot[slot].state == .established, records[slot].spans.isEmpty {
            let stay = SpanRecord(
                state: .established, entered: records[slot].opened,
                firstSample: records[slot].firstSample)
            records[slot].spans = [stay]
        }
        leaveSpan(slot, change)
        if row.state == .established { records[slot].opened = change }
        if row.state.isClosing, records[slot].opened == .unknown { records[slot].opened = change }
        records[slot].spans.append(
            SpanRecord(state: row.state, entered: change, firstSample: sample))
    }

    /// Ends the last span, if the life is told by spans.
    mutating func leaveSpan(_ slot: Int, _ left: Bounds) {
        let last = records[slot].spans.count - 1
        guard last >= 0, records[slot].spans[last].lastSample == nil else { return }
        records[slot].spans[last].left = left
        records[slot].spans[last].lastSample = sample - 1
        records[slot].firstDirtySpan = min(records[slot].firstDirtySpan, last)
    }

    /// The entry that a timer tells, moved back over the sleeps in which it stood still.
    private func timeWaitTimer(_ row: SocketRow, in window: Window) -> Bounds? {
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
    private mutating func refineTimeWait(_ row: SocketRow, _ slot: Int, in window: Window) {
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

    private mutating func narrow(_ slot: Int, to entry: Bounds) {
        records[slot].timeWait?.latestEntry = entry
        guard records[slot].timeWait?.restarts == 0 else { return }
        let old = records[slot].timeWait?.entered
        records[slot].timeWait?.entered = entry
        if records[slot].spans.last?.left == old, !records[slot].spans.isEmpty {
            records[slot].spans[records[slot].spans.count - 1].left = entry
        }
        // What happened before the TIME_WAIT cannot have happened later than it.
        guard let latest = entry.latest else { return }
        records[slot].closed.lower(latestTo: latest)
        records[slot].opened.lower(latestTo: latest)
        records[slot].attempted.lower(latestTo: latest)
        hot[slot].flags.insert(.moved)
    }

    // MARK: What a row tells besides its state

    private mutating func update(_ row: SocketRow, _ slot: Int) {
        hot[slot].fingerprint = row.fingerprint
        if row.inode != hot[slot].inode, row.inode != 0 {
            hot[slot].inode = row.inode
            if records[slot].process == nil { unowned[slot] = 0 }
        }
        if records[slot].role == .unknown { records[slot].role = role(of: row) }
        Self.setNumbers(of: &records[slot], row)
        hot[slot].flags.insert(.moved)
    }

    private func role(of row: SocketRow) -> Role {
        if row.state == .synSent { return .client }
        if row.cookie != 0, handshakes[row.cookie] != nil { return .server }
        return RoleEvidence.fromSequenceSpace(row)
    }

    // What takes a record to change belongs to the type: called on a ledger whose own record it
    // changes, the ledger would be kept for the call, and all its records copied.

    private static func setNumbers(of record: inout ConnectionRecord, _ row: SocketRow) {
        guard !row.isMiniSocket else { return }
        if row.inode != 0 { record.uid = row.uid }
        record.receiveQueuePeak = max(record.receiveQueuePeak ?? 0, row.receiveQueue)
        record.sendQueuePeak = max(record.sendQueuePeak ?? 0, row.sendQueue)
        guard let info = row.info else { return }
        let payload = RoleEvidence.payload(of: row)
        record.bytesSent = payload.sent ?? record.bytesSent
        record.bytesReceived = payload.received ?? record.bytesReceived
        record.retransmits = info.totalRetransmits
        record.rttMicroseconds = info.rttMicroseconds == 0 ? nil : info.rttMicroseconds
    }

    private static func setCloser(of record: inout ConnectionRecord, _ row: SocketRow) {
        switch row.state {
        case .closing: record.closedBy = .both
        case .finWait1, .finWait2, .timeWait:
            if record.closedBy == .unknown { record.closedBy = .local }
        case .closeWait, .lastAck:
            if record.closedBy == .unknown { record.closedBy = .peer }
        default: break
        }
        if row.state == .timeWait || row.state == .lastAck || row.isMiniSocket {
            record.closeKind = .fin
        }
    }
}

extension Bounds {
    /// Lowers the latest moment to what later evidence allows.
    fileprivate mutating func lower(latestTo moment: Int64) {
        guard let latest, latest > moment, moment >= earliest ?? .min else { return }
        self.latest = moment
    }

    /// The end of a full socket that was last seen at the change's beginning and then gave birth
    /// to a TIME_WAIT that was entered within these bounds.
    fileprivate func closing(_ change: Bounds) -> Bounds {
        Bounds(earliest: change.earliest, latest: latest ?? change.latest)
    }
}
