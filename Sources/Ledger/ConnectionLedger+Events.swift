package import Model

// Full sockets, as the kernel tells of each change.
extension ConnectionLedger {
    /// Takes one event that happened at this moment of the recording's axis, µs; the process is
    /// `processes.process_id` of the event's origin. Events of one socket come in their order.
    package mutating func observe(_ event: KernelEvent, at moment: Int64, process: Int64?) {
        guard hearing.detail != nil else { return }
        hearing.latest = max(hearing.latest, moment)
        guard moment >= hearing.horizon else { return ignore(lateAt: moment) }
        if moment > hearing.oldestCancel &+ Self.cancelPatience { resolveCancels(before: moment) }
        switch event.kind {
        case .state(.close, .synSent): attempt(event, at: moment, process)
        case .state(let from, .close): finish(event, from: from, at: moment)
        case .state(let from, let to): advance(event, from, to, at: moment, process)
        case .receivedReset: reset(event, .resetReceived, at: moment)
        case .sentReset: reset(event, .resetSent, at: moment)
        case .timerStarted(let state, let left):
            startTimer(event, state, left: left, at: moment)
        case .timerExpired(let state, let left):
            expireTimer(event, state, left: left, at: moment)
        case .timerCancelled(let state, let left):
            cancelTimer(event, state, left: left, at: moment)
        }
    }

    /// A SYN is about to be sent. On a cookie that lives it is another connection, and the end of
    /// the one before was not told.
    private mutating func attempt(_ event: KernelEvent, at moment: Int64, _ process: Int64?) {
        if let slot = life(of: event.cookie) {
            if records[slot].attempted.contains(moment), records[slot].role != .server {
                return narrow(slot, from: .close, to: .synSent, at: moment, event, process)
            }
            guard moment >= hot[slot].seen else { return lateEvents += 1 }
            endUntold(slot, before: moment)
        } else if isLate(event, at: moment) {
            return lateEvents += 1
        }
        let slot = meet(event, .synSent, at: moment, process)
        records[slot].attempted = Bounds(exactly: moment)
        records[slot].role = .client
        records[slot].spans = [
            SpanRecord(state: .synSent, entered: Bounds(exactly: moment), firstSample: nil)
        ]
    }

    private mutating func advance(
        _ event: KernelEvent, _ from: TCPState, _ to: TCPState, at moment: Int64, _ process: Int64?
    ) {
        guard from != .listen, to != .listen else { return }
        guard let slot = life(of: event.cookie) else {
            if let slot = mini(of: event.cookie), isOutrun(slot, event, at: moment) {
                return narrow(slot, from: from, to: to, at: moment, event, process)
            }
            guard !isLate(event, at: moment) else { return lateEvents += 1 }
            return begin(event, from, to, at: moment, process)
        }
        guard moment >= records[slot].attempted.earliest ?? .min else { return lateEvents += 1 }
        complete(slot, event, process)
        let isNew = hot[slot].state != to && to.canFollow(hot[slot].state)
        guard isNew, moment >= max(hot[slot].heard, hot[slot].seen) else {
            return narrow(slot, from: from, to: to, at: moment, event, process)
        }
        catchUp(slot, from, at: moment)
        step(slot, to, at: moment)
        settleOpening(slot, event, from, to, at: moment)
    }

    /// The step into the state that is left now was not told: it came since the last evidence.
    mutating func catchUp(_ slot: Int, _ from: TCPState, at moment: Int64) {
        guard from != hot[slot].state, from.canFollow(hot[slot].state) else { return }
        enter(from, slot, Bounds(earliest: hot[slot].seen, latest: moment), shownBy: nil)
        hide(slot)
        Self.setCloser(of: &records[slot], from, isMini: false)
        setState(slot, from)
    }

    /// A connection enters a state at a known moment.
    private mutating func step(_ slot: Int, _ state: TCPState, at moment: Int64) {
        enter(state, slot, Bounds(exactly: moment), shownBy: nil)
        hide(slot)
        hot[slot].flags.remove(.unsettled)
        Self.setCloser(of: &records[slot], state, isMini: false)
        setState(slot, state)
        hot[slot].heard = moment
        hot[slot].seen = moment
        if records[slot].firstSample != nil { touch(slot) }
    }

    /// A connection of which nothing was known: it opens, or its beginning was not told.
    private mutating func begin(
        _ event: KernelEvent, _ from: TCPState, _ to: TCPState, at moment: Int64,
        _ process: Int64?
    ) {
        let slot = meet(event, to, at: moment, process)
        let began = beginning(of: event.cookie, before: moment)
        records[slot].attempted = began.attempted
        if to == .established {
            records[slot].opened = Bounds(exactly: moment)
        } else if from != .synSent {
            records[slot].opened = began.opened
            records[slot].spans = [
                SpanRecord(state: to, entered: Bounds(exactly: moment), firstSample: nil)
            ]
        }
        Self.setCloser(of: &records[slot], to, isMini: false)
        settleOpening(slot, event, from, to, at: moment)
    }

    /// What the end of a handshake tells.
    private mutating func settleOpening(
        _ slot: Int, _ event: KernelEvent, _ from: TCPState, _ to: TCPState, at moment: Int64
    ) {
        guard to == .established else { return }
        if from == .synReceived, records[slot].role == .unknown {
            records[slot].role = .server
            records[slot].attempted = synReceived(slot, event, at: moment)
        } else if from == .synSent {
            records[slot].role = .client
        }
        succeed(slot)
        countAttempt(slot)
    }

    /// When the SYN came: the kernel measures from its SYN-ACK to the handshake's end.
    private mutating func synReceived(_ slot: Int, _ event: KernelEvent, at moment: Int64) -> Bounds
    {
        let known = beginning(of: event.cookie, before: moment).attempted
        guard let took = event.handshakeMicroseconds, took > 0 else { return known }
        let sent = moment - Int64(took)
        let told = Bounds(
            earliest: sent - Self.synAckSlack, latest: min(moment, sent + Self.synAckSlack))
        return told.intersection(known) ?? told
    }

    /// How far the SYN's arrival can lie from what the kernel calls the SYN-ACK's, µs.
    private static let synAckSlack: Int64 = 500

    // MARK: Names

    /// A new record for the socket of an event.
    mutating func meet(
        _ event: KernelEvent, _ state: TCPState, at moment: Int64, _ process: Int64?
    ) -> Int {
        var record = ConnectionRecord(
            id: numbering.connection(), netns: netns, tuple: event.tuple, cookie: event.cookie,
            state: state)
        record.process = process
        record.uid = event.uid
        let identity = identity(event.cookie, event.tuple)
        let slot = insert(
            record,
            HotSocket(
                seen: moment, heard: moment, fingerprint: 0, identity: identity, inode: 0,
                generation: 0, state: state, flags: [.alive, .unshown]))
        appeared.append(slot)
        if event.tuple.local.port != 0 { appearedMarks[event.tuple.mark] = record.id }
        return slot
    }

    /// The local port of an attempt is known only when the kernel has chosen one; the owner when
    /// it does something itself.
    mutating func complete(_ slot: Int, _ event: KernelEvent, _ process: Int64?) {
        let known = records[slot].tuple
        if known.local.port == 0, event.tuple.local.port != 0 {
            var tuple = event.tuple
            if !known.peer.address.isUnspecified { tuple.peer = known.peer }
            if tuple.local.address.isUnspecified { tuple.local.address = known.local.address }
            rename(slot, tuple, cookie: event.cookie)
            appearedMarks[tuple.mark] = records[slot].id
        }
        if records[slot].process == nil, let process {
            records[slot].process = process
            if !unowned.isEmpty { unowned[slot] = nil }
        }
        if records[slot].uid == nil { records[slot].uid = event.uid }
    }

    /// Whether the event belongs to a life that is over.
    mutating func isLate(_ event: KernelEvent, at moment: Int64) -> Bool {
        if let departed = hearing.departed[event.cookie], departed.moment >= moment { return true }
        guard let slot = mini(of: event.cookie) else { return false }
        return (records[slot].closed.latest ?? .max) >= moment
    }
}
