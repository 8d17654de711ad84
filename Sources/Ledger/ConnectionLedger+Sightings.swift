package import Model

extension ConnectionLedger {
    /// Stands for the id of a connection that is not open yet and has none.
    private static let handshakeID: Int64 = 0

    /// Takes rows that the kernel read within the window.
    package mutating func observe(_ rows: [SocketRow], in window: Window) {
        if shownBy != generation {
            shownBy = generation
            hearing.horizon = max(hearing.horizon, window.earliest)
        }
        var next = 0
        while true {
            next = passStill(rows, from: next, in: window)
            guard next < rows.count else { return }
            take(rows[next], in: window)
            next += 1
        }
    }

    /// Takes a row of any kind.
    private mutating func take(_ row: SocketRow, in window: Window) {
        switch row.state {
        case .listen:
            if listeners.observe(row, in: window, sample: sample) {
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
            unconnected += 1
        default:
            sight(row, in: window)
        }
    }

    /// Takes the listening sockets of a sample without a dump; a look that is not complete ends
    /// none.
    package mutating func observe(
        listeners rows: [SocketRow], in window: Window, complete: Bool
    ) {
        listeners.beginDump()
        for row in rows where row.state == .listen {
            _ = listeners.observe(row, in: window, sample: sample)
        }
        if complete { listeners.endDump(sample: sample) }
    }

    /// Whether both ends sent a SYN: the one state before ESTAB that a recorded attempt can enter.
    private mutating func isSimultaneousOpen(_ row: SocketRow) -> Bool {
        guard let slot = slot(of: row) else { return false }
        return hot[slot].state == .synSent || hot[slot].state == .synReceived
    }

    private mutating func observeHandshake(_ row: SocketRow, in window: Window) {
        guard handshakes[row.cookie]?.generation != generation || row.cookie == 0 else {
            duplicates += 1
            return
        }
        states.add(row.state)
        appearedMarks[row.tuple.mark] = Self.handshakeID
        guard row.cookie != 0 else { return }
        let attempted =
            handshakes[row.cookie]?.attempted ?? window.change(since: absences.last)
        handshakes[row.cookie] = Handshake(
            attempted: attempted, seen: window.earliest, generation: generation)
    }

    /// Takes one sight of a connection, by a dump or by an exact request.
    mutating func sight(_ row: SocketRow, in window: Window) {
        guard let slot = slot(of: row) ?? adopt(row, in: window) else {
            if !isGone(row, in: window) { appear(row, in: window) }
            return
        }
        if hot[slot].generation == generation {
            duplicates += 1
            return
        }
        if hot[slot].isAhead(of: window), isOutdated(row, slot) {
            states.add(hot[slot].state)
            return show(slot)
        }
        if isNewIncarnation(row, slot) {
            end(slot, absent: window, replaced: true)
            return appear(row, in: window)
        }
        states.add(row.state)
        if hot[slot].flags.contains(.unsettled) { hot[slot].flags.remove(.unsettled) }
        if row.state != hot[slot].state || row.isMiniSocket != hot[slot].flags.contains(.mini) {
            transition(row, slot, in: window)
        } else if row.isMiniSocket {
            refineTimeWait(row, slot, in: window)
            if row.state == .timeWait { hot[slot].keepEntry(records[slot].timeWait?.latestEntry) }
        } else if row.fingerprint != hot[slot].fingerprint
            || row.inode != hot[slot].inode && row.inode != 0
        {
            update(row, slot)
        }
        show(slot)
        hot[slot].seen = max(hot[slot].seen, window.earliest)
    }

    /// A row read before the last event tells an older state; the event is right.
    private mutating func isOutdated(_ row: SocketRow, _ slot: Int) -> Bool {
        row.state != hot[slot].state || row.isMiniSocket != hot[slot].flags.contains(.mini)
    }

    /// A dump may have read a socket just before an event told its end.
    private mutating func isGone(_ row: SocketRow, in window: Window) -> Bool {
        guard hearing.isOn, row.cookie != 0, let departed = hearing.departed[row.cookie] else {
            return false
        }
        guard departed.moment >= window.earliest else { return false }
        if departed.isUnnamed { name(row, in: window) }
        return departed.isUnnamed || departed.mark == row.tuple.mark
    }

    /// The row tells the 4-tuple of a connection whose end came without it.
    private mutating func name(_ row: SocketRow, in window: Window) {
        guard row.state != .synSent, !row.isMiniSocket,
            let last = ended.lastIndex(where: { $0.cookie == row.cookie })
        else { return }
        ended[last].tuple = row.tuple
        ended[last].uid = row.uid
        let opened = Bounds(earliest: ended[last].attempted.earliest, latest: window.latest)
        if ended[last].opened == .unknown { ended[last].opened = opened }
    }

    /// The running sample's table holds the connection in its present state.
    mutating func show(_ slot: Int) {
        hot[slot].generation = generation
        if hot[slot].flags.contains(.awaiting) { records[slot].lastSample = sample }
        guard hot[slot].flags.contains(.unshown) else { return }
        hot[slot].flags.remove(.unshown)
        if records[slot].firstSample == nil { records[slot].firstSample = sample }
        if hot[slot].state == .timeWait {
            if records[slot].timeWait?.firstSample == nil {
                records[slot].timeWait?.firstSample = sample
            }
        } else {
            let last = records[slot].spans.count - 1
            if last >= 0, records[slot].spans[last].firstSample == nil {
                records[slot].spans[last].firstSample = sample
                records[slot].firstDirtySpan = min(records[slot].firstDirtySpan, last)
            }
        }
        touch(slot)
    }

    /// A cookie outlives `connect(AF_UNSPEC)`, and sources without cookies know the 4-tuple only: a
    /// life that begins anew is another connection.
    private mutating func isNewIncarnation(_ row: SocketRow, _ slot: Int) -> Bool {
        if row.state != hot[slot].state, !row.state.canFollow(hot[slot].state) { return true }
        if hot[slot].flags.contains(.mini), !row.isMiniSocket { return true }
        guard row.cookie == 0, hot[slot].inode != 0, row.inode != 0 else { return false }
        return row.inode != hot[slot].inode
    }
}
