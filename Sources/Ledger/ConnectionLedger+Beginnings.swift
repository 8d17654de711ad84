import Model

// A first sight.
extension ConnectionLedger {
    mutating func appear(_ row: SocketRow, in window: Window) {
        var record = ConnectionRecord(
            id: numbering.connection(), netns: netns, tuple: row.tuple, cookie: row.cookie,
            state: row.state)
        record.firstSample = sample
        setBeginning(of: &record, row, in: window)
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
        let since = row.state == .synSent ? began.earliest : record.opened.earliest
        if row.isMiniSocket {
            record.closed = window.change(since: since)
        }
        if row.state != .established {
            let entered = window.change(since: since)
            record.spans = [SpanRecord(state: row.state, entered: entered, firstSample: sample)]
        }
    }

    /// A connection first met in TIME_WAIT between two samples opened and closed between them.
    private func setBeginning(
        ofWaiting record: inout ConnectionRecord, _ row: SocketRow, in window: Window
    ) {
        let timer = timeWaitTimer(row, in: window)
        let latest = timer?.latest ?? window.latest
        let handshake = handshakes[row.cookie]
        let absent = absence(before: latest)
        let before = handshake.map { max($0.seen, absent ?? .min) } ?? absent
        let span = Bounds(earliest: before, latest: latest)
        record.attempted = handshake?.attempted ?? span
        record.opened = span
        record.closed = span
        let entered = timer.map { $0.intersection(span) ?? $0 } ?? span
        record.timeWait = TimeWaitRecord(entered: entered, firstSample: sample)
    }

    /// The start of the last complete dump that can have found nothing because there was nothing
    /// yet; a dump that began later than the connection missed it. Nil: open before the recording.
    func absence(before latest: Int64) -> Int64? {
        absences.last { $0 <= latest }
    }
}
