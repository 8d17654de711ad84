import Model

// A first sight.
extension ConnectionLedger {
    mutating func appear(_ row: SocketRow, in window: Window) {
        var record = ConnectionRecord(
            id: numbering.connection(), netns: netns, tuple: row.tuple, cookie: row.cookie,
            state: row.state)
        record.firstSample = sample
        setBeginning(of: &record, row, in: window)
        noteUntold(since: record.attempted.earliest, row.cookie)
        record.role = role(of: row)
        Self.setNumbers(of: &record, row)
        Self.setCloser(of: &record, row.state, isMini: row.isMiniSocket)
        states.add(row.state)
        let flags: HotSocket.Flags = row.isMiniSocket ? [.alive, .mini] : [.alive]
        let slot = insert(
            record,
            HotSocket(
                seen: window.earliest, fingerprint: row.fingerprint,
                identity: identity(row.cookie, row.tuple),
                inode: row.inode, generation: generation, state: row.state, flags: flags))
        if row.isMiniSocket { hot[slot].keepEntry(records[slot].timeWait?.latestEntry) }
        if row.isMiniSocket, hearing.closes { hearing.heirs[row.tuple.mark] = slot }
        if row.inode != 0, !row.isMiniSocket { unowned[slot] = 0 }
        appeared.append(slot)
        appearedMarks[row.tuple.mark] = records[slot].id
        touch(slot)
    }

    /// When the connection began, from the last dump that did not show it and from what the row
    /// itself tells of its age.
    private mutating func setBeginning(
        of record: inout ConnectionRecord, _ row: SocketRow, in window: Window
    ) {
        if row.state == .timeWait {
            return setBeginning(ofWaiting: &record, row, in: window)
        }
        if row.state == .synSent {
            record.attempted = window.change(since: absences.last)
            let entered = window.change(since: absence(before: window.latest))
            record.spans = [SpanRecord(state: row.state, entered: entered, firstSample: sample)]
            return
        }
        let latest = window.latest - (RoleEvidence.leastAge(of: row) ?? 0)
        let began = beginning(of: row.cookie, before: latest)
        record.attempted = began.attempted
        record.opened = began.opened
        let change = window.change(since: began.opened.earliest)
        if row.isMiniSocket { record.closed = change }
        if row.state != .established {
            record.spans = [SpanRecord(state: row.state, entered: change, firstSample: sample)]
        }
    }

    /// A connection first met in TIME_WAIT between two samples opened and closed between them.
    private mutating func setBeginning(
        ofWaiting record: inout ConnectionRecord, _ row: SocketRow, in window: Window
    ) {
        let timer = timeWaitTimer(row, in: window)
        let began = beginning(of: row.cookie, before: timer?.latest ?? window.latest)
        record.attempted = began.attempted
        record.opened = began.opened
        record.closed = began.opened
        let entered = timer.map { $0.intersection(began.opened) ?? $0 } ?? began.opened
        record.timeWait = TimeWaitRecord(entered: entered, firstSample: sample)
    }

    /// What dumps tell of the beginning of a connection of which nothing else was known at this
    /// moment: the last of them did not show it, or showed its handshake.
    mutating func beginning(
        of cookie: UInt64, before latest: Int64
    ) -> (attempted: Bounds, opened: Bounds) {
        let began = Bounds(earliest: absence(before: latest), latest: latest)
        guard cookie != 0, let handshake = handshakes[cookie] else { return (began, began) }
        var (attempted, opened) = (handshake.attempted, began)
        attempted.latest = min(attempted.latest ?? latest, latest)
        // The silence of a dump behind it is a rare miss.
        opened.earliest = min(handshake.seen, latest)
        return (attempted, opened)
    }

    /// The start of the last complete dump that can have found nothing because there was nothing
    /// yet; a dump that began later than the connection missed it. Nil: open before the recording.
    mutating func absence(before latest: Int64) -> Int64? {
        absences.last { $0 <= latest }
    }
}
