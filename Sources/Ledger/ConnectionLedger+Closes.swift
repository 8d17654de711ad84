package import Model

// Destroy messages, and full sockets whose TIME_WAIT only a dump can tell.
extension ConnectionLedger {
    /// How late a destroy message is received at the most, µs.
    private static let messageDelay: Int64 = 100_000
    /// How coarse a message's idle times are, µs: the longest jiffy is 10 ms (HZ 100).
    private static let idleSlack: Int64 = 12_000

    /// Takes destroy messages: rows in state CLOSE that came within the window. Where events tell
    /// the ends they add nothing.
    package mutating func observe(closes rows: [SocketRow], in window: Window) {
        guard hearing.closes, hearing.detail == nil || hearing.detail == EventDetail.none else {
            return
        }
        let moment = window.latest
        // After a pause the window says little: nothing was there to be received.
        hearing.messageSent = max(window.earliest, moment - Self.messageDelay)
        // Listeners and sockets that never connected are no connections, nor is an attempt for
        // which no port was free.
        for row in rows where !row.tuple.peer.address.isUnspecified && row.tuple.local.port != 0 {
            if let slot = life(of: row.cookie), isMessage(row, of: slot) {
                close(slot, row, before: moment)
                continue
            }
            // The descriptor has connected anew, and its first connection is over.
            if let slot = life(of: row.cookie) { endUntold(slot, before: moment) }
            if !isKnownEnd(row, before: moment) {
                meetClosed(row, before: moment)
            }
        }
    }

    /// A cookie outlives a disconnect. Of a reset's message the kernel has zeroed all but the local
    /// port and the peer's address.
    private mutating func isMessage(_ row: SocketRow, of slot: Int) -> Bool {
        let known = records[slot].tuple
        if row.tuple.peer.port != 0 { return known == row.tuple }
        return known.local.port == row.tuple.local.port
            && known.peer.address == row.tuple.peer.address
    }

    /// A message for what a dump has shown to be over already.
    private mutating func isKnownEnd(_ row: SocketRow, before moment: Int64) -> Bool {
        if let slot = mini(of: row.cookie) {
            setFinal(slot, row)
            return true
        }
        if let slot = hearing.heirs[row.tuple.mark], isHeir(slot, of: row, before: moment) {
            hearing.heirs[row.tuple.mark] = nil
            setFinal(slot, row)
            return true
        }
        guard hearing.departed.removeValue(forKey: row.cookie) != nil else { return false }
        if let last = ended.lastIndex(where: { $0.cookie == row.cookie }) {
            Self.setFinal(&ended[last], row)
        }
        return true
    }

    /// Whether the mini-socket that a dump met first is what the message's full socket became: that
    /// one showed no life after its end.
    private mutating func isHeir(_ slot: Int, of row: SocketRow, before moment: Int64) -> Bool {
        guard hot[slot].flags.isSuperset(of: [.alive, .mini]), records[slot].tuple == row.tuple,
            let sign = lastSign(of: row), let closed = records[slot].closed.latest
        else { return false }
        return sign <= closed
    }

    private mutating func close(_ slot: Int, _ row: SocketRow, before moment: Int64) {
        setFinal(slot, row)
        if records[slot].opened == .unknown, row.info?.bytesAcknowledged ?? 0 > 0 {
            // The octet of its SYN was acknowledged.
            records[slot].opened = Bounds(earliest: hot[slot].seen, latest: moment)
        }
        endUntold(slot, before: moment)
    }

    /// A full socket is over by this moment, and nothing tells how it came to that: only a dump can
    /// say whether it left a TIME_WAIT.
    mutating func endUntold(_ slot: Int, before moment: Int64) {
        let gone = Bounds(earliest: hot[slot].seen, latest: moment)
        records[slot].closed = records[slot].closed.intersection(gone) ?? gone
        Self.lower(&records[slot], to: moment)
        hot[slot].heard = moment
        if records[slot].opened == .unknown, hot[slot].state != .synSent {
            records[slot].opened = gone
        }
        if records[slot].closedBy == .peer {
            leaveSpan(slot, gone)
            return finalize(slot, at: moment)
        }
        awaitTimeWait(slot)
    }

    /// A connection that no dump has shown: it lived between two of them.
    private mutating func meetClosed(_ row: SocketRow, before moment: Int64) {
        let began = beginning(ofClosed: row, before: moment)
        var record = ConnectionRecord(
            id: numbering.connection(), netns: netns, tuple: row.tuple, cookie: row.cookie,
            state: .close)
        record.attempted = began.attempted
        record.closed = began.opened
        // The kernel has zeroed the peer's port of an attempt that failed, and of an own reset.
        let isTold = row.tuple.peer.port != 0
        if isTold { record.opened = began.opened }
        record.state = .established
        Self.setFinal(&record, row)
        let identity = identity(row.cookie, row.tuple)
        let slot = insert(
            record,
            HotSocket(
                seen: began.opened.earliest ?? .min, heard: moment, fingerprint: 0,
                identity: identity,
                inode: 0, generation: 0, state: .established, flags: [.alive, .unshown]))
        appeared.append(slot)
        if isTold { awaitTimeWait(slot) } else { finalize(slot, at: moment) }
    }

    /// An application may hold a socket for long after its end: no dump shows it then, and what a
    /// dump did not show may have been over already. Only a dump that began before the last sign
    /// of life would have shown it.
    private mutating func beginning(
        ofClosed row: SocketRow, before moment: Int64
    ) -> (attempted: Bounds, opened: Bounds) {
        let absent = lastSign(of: row).flatMap { absence(before: $0) }
        var (attempted, opened) = beginning(of: row.cookie, before: moment)
        guard handshakes[row.cookie] == nil else { return (attempted, opened) }
        opened.earliest = absent
        // Handshakes older than two dumps are forgotten: it may have been one of them.
        let isRemembered = absences.suffix(2).first ?? .max <= absent ?? .min
        attempted.earliest = isRemembered ? absent : nil
        return (attempted, opened)
    }

    /// The last moment at which the connection is known to have lived: its latest segment.
    private mutating func lastSign(of row: SocketRow) -> Int64? {
        guard let info = row.info else { return nil }
        let idle = min(
            info.lastAckReceivedMilliseconds, info.lastDataReceivedMilliseconds,
            info.lastDataSentMilliseconds)
        return hearing.messageSent - Int64(idle) * 1000 - Self.idleSlack
    }

    // MARK: Numbers

    private mutating func setFinal(_ slot: Int, _ row: SocketRow) {
        Self.setFinal(&records[slot], row)
    }

    /// The last numbers. `bytes_acked` holds the SYN of a client, and the FIN that this end sent
    /// once it is acknowledged, which is how an orderly end shows; it says nothing where the kernel
    /// has zeroed it.
    private static func setFinal(_ record: inout ConnectionRecord, _ row: SocketRow) {
        guard row.tuple.peer.port != 0, let info = row.info, let sent = info.bytesSent,
            let again = info.bytesRetransmitted, sent >= again
        else { return }
        let payload = sent - again
        record.bytesSent = payload
        record.retransmits = info.totalRetransmits
        if info.rttMicroseconds != 0 { record.rttMicroseconds = info.rttMicroseconds }
        if let acknowledged = info.bytesAcknowledged, acknowledged >= payload {
            let extra = acknowledged - payload
            if extra == 2 {
                record.role = .client
                record.closeKind = .fin
            } else if extra == 1, record.role == .server {
                record.closeKind = .fin
            }
        }
        // Whether the peer's FIN is among what was received only a known order of closes tells.
        if record.closedBy == .peer, let received = info.bytesReceived, received > 0 {
            record.bytesReceived = received - 1
        } else if record.closedBy == .unknown {
            record.bytesReceived = nil
        } else {
            record.bytesReceived = info.bytesReceived
        }
    }

    // MARK: TIME_WAIT to come

    /// The full socket is over: the next dump shows its TIME_WAIT, or that there is none.
    mutating func awaitTimeWait(_ slot: Int) {
        let mark = records[slot].tuple.mark
        hot[slot].flags.remove(.told)
        setAwaiting(slot)
        if !unowned.isEmpty { unowned[slot] = nil }
        // Two that fit are left apart.
        hearing.awaiting[mark] = hearing.awaiting[mark] == nil ? .some(slot) : .some(nil)
    }

    /// The socket that a row belongs to although it has another name: an attempt whose port was
    /// not known, or a full socket that was never dumped and so has another cookie than its
    /// TIME_WAIT.
    mutating func adopt(_ row: SocketRow, in window: Window) -> Int? {
        guard hearing.isOn, row.cookie != 0 else { return nil }
        if let slot = life(of: row.cookie), records[slot].tuple.local.port == 0,
            records[slot].tuple.peer == row.tuple.peer
        {
            rename(slot, row.tuple, cookie: row.cookie)
            appearedMarks[row.tuple.mark] = records[slot].id
            return slot
        }
        guard row.state == .timeWait || row.isMiniSocket,
            let slot = hearing.awaiting[row.tuple.mark] ?? nil,
            hot[slot].flags.contains(.awaiting), canFollow(slot, row, in: window)
        else { return nil }
        rename(slot, row.tuple, cookie: row.cookie)
        return slot
    }

    /// Whether the TIME_WAIT can have begun when the full socket ended, or after it.
    private mutating func canFollow(_ slot: Int, _ row: SocketRow, in window: Window) -> Bool {
        guard row.state == .timeWait, let latest = timeWaitTimer(row, in: window)?.latest else {
            return true
        }
        return latest >= records[slot].closed.earliest ?? .min
    }

    /// Full sockets that ended before two dumps that show no TIME_WAIT of them left none: one dump
    /// may miss a row.
    mutating func endAwaiting(before moment: Int64) {
        guard !hearing.awaiting.isEmpty else { return }
        hearing.awaiting.removeAll()
        for slot in hot.indices
        where hot[slot].flags.contains(.alive) && hot[slot].flags.contains(.awaiting) {
            let closed = records[slot].closed
            let isBefore = closed.latest ?? .max <= moment
            if moment == .max || isBefore && hot[slot].flags.contains(.unsettled) {
                leaveSpan(slot, closed)
                finalize(slot, at: closed.latest ?? moment)
                continue
            }
            if isBefore { hot[slot].flags.insert(.unsettled) }
            let mark = records[slot].tuple.mark
            hearing.awaiting[mark] = hearing.awaiting[mark] == nil ? .some(slot) : .some(nil)
        }
    }
}
