import Model

// The end of a full socket, as the kernel tells it.
extension ConnectionLedger {
    /// errno of a refusal, a time-out, and of an unreachable host or network (errno(3)).
    private static let refused: Int32 = 111
    private static let timedOut: Int32 = 110

    mutating func reset(_ event: KernelEvent, _ flag: HotSocket.Flags, at moment: Int64) {
        if event.kind == .sentReset(.close) { return amendReset(event, at: moment) }
        guard let slot = life(of: event.cookie) else {
            // The socket is over, or of a life that nobody knows.
            hearing.resets[event.cookie] = event
            return
        }
        complete(slot, event, nil)
        hot[slot].flags.insert(flag)
    }

    /// A reset that leaves after the full socket went to CLOSE says how it ended.
    private mutating func amendReset(_ event: KernelEvent, at moment: Int64) {
        guard var record = hearing.abandoned.removeValue(forKey: event.cookie),
            let closed = record.closed.latest, abs(moment - closed) <= Self.sameMoment
        else { return lateEvents += 1 }
        record.closeKind = .reset
        if record.closedBy == .unknown { record.closedBy = .local }
        record.timeWait = nil
        if let last = ended.lastIndex(where: { $0.id == record.id }) {
            ended[last] = record
        } else {
            ended.append(record)
        }
    }

    /// How far apart the kernel tells two sides of one thing, µs.
    static let sameMoment: Int64 = 10_000

    /// A socket went to CLOSE.
    mutating func finish(_ event: KernelEvent, from: TCPState, at moment: Int64) {
        guard from != .listen, from != .close else { return }
        if let slot = life(of: event.cookie) {
            guard moment >= max(hot[slot].heard, hot[slot].seen) else { return lateEvents += 1 }
            complete(slot, event, nil)
            return endFull(slot, event, from, at: moment)
        }
        if let slot = mini(of: event.cookie), isBirth(of: slot, at: moment) {
            // Its mini-socket was told of just before, or shown by a dump.
            if records[slot].closed.exact == nil {
                records[slot].closed = Bounds(exactly: moment)
                Self.lower(&records[slot], to: moment)
            }
            return setFinal(slot, event.final, from: from)
        }
        guard !isLate(event, at: moment) else { return lateEvents += 1 }
        if from == .finWait2 || from == .closing, event.tuple.local.port == 0,
            hearing.resets[event.cookie] == nil
        {
            // Nobody knows its port: its TIME_WAIT will be met by a dump.
            return
        }
        let slot = meet(event, from, at: moment, nil)
        Self.setCloser(of: &records[slot], from, isMini: false)
        if let reset = hearing.resets.removeValue(forKey: event.cookie) {
            complete(slot, reset, nil)
            let isReceived = reset.kind == .receivedReset(from)
            hot[slot].flags.insert(isReceived ? .resetReceived : .resetSent)
        }
        let began = beginning(of: event.cookie, before: moment)
        records[slot].attempted = began.attempted
        if from == .synSent {
            records[slot].role = .client
            records[slot].spans = [
                SpanRecord(state: .synSent, entered: began.attempted, firstSample: nil)
            ]
        } else {
            records[slot].opened = began.opened
        }
        endFull(slot, event, from, at: moment)
    }

    private mutating func isBirth(of slot: Int, at moment: Int64) -> Bool {
        let closed = records[slot].closed
        if closed.exact == nil, closed.contains(moment) { return true }
        return abs(moment - (closed.latest ?? .max / 2)) <= Self.sameMoment
    }

    private mutating func endFull(
        _ slot: Int, _ event: KernelEvent, _ from: TCPState, at moment: Int64
    ) {
        let isMet = hot[slot].heard < moment || records[slot].firstSample != nil
        hot[slot].heard = moment
        catchUp(slot, from, at: moment)
        classify(slot, event, from, at: moment)
        setFinal(slot, event.final, from: from)
        records[slot].closed = Bounds(exactly: moment)
        Self.lower(&records[slot], to: moment)
        leaveMiniSocket(slot, from, isMet: isMet, at: moment)
        // A reset may yet be told of it: the kernel sends it behind the end.
        if !hot[slot].flags.contains(.alive), let last = ended.last, last.mayBeReset {
            hearing.abandoned[event.cookie] = last
        }
    }

    /// What comes after a full socket: nothing, or a mini-socket of which nothing will be told.
    /// That of a life which its end told of first had no cookie when its timer was armed.
    private mutating func leaveMiniSocket(
        _ slot: Int, _ from: TCPState, isMet: Bool, at moment: Int64
    ) {
        let mayWait = from == .finWait2 || from == .closing || from == .finWait1
        let isTold = isMet && hearing.tellsTimers(at: moment)
        if mayWait, records[slot].closeKind == .fin, !isTold {
            hot[slot].seen = moment
            return awaitTimeWait(slot)
        }
        leaveSpan(slot, Bounds(exactly: moment))
        guard mayWait, records[slot].closeKind == .fin else { return finalize(slot, at: moment) }
        if from != .finWait1 {
            var none = TimeWaitRecord(entered: Bounds(exactly: moment), firstSample: nil)
            none.left = Bounds(exactly: moment)
            none.endedBy = .noRoom
            records[slot].timeWait = none
        }
        finalize(slot, at: moment)
    }

    // MARK: How it ended

    private mutating func classify(
        _ slot: Int, _ event: KernelEvent, _ from: TCPState, at moment: Int64
    ) {
        let error = event.final?.error ?? 0
        let flags = hot[slot].flags
        if from == .synSent || from == .synReceived && records[slot].opened == .unknown {
            return classifyAttempt(slot, event, error)
        }
        if records[slot].opened == .unknown {
            records[slot].opened = Bounds(earliest: hot[slot].seen, latest: moment)
        }
        if flags.contains(.resetReceived) {
            setEnd(slot, .reset, .peer)
        } else if flags.contains(.resetSent), error != Self.timedOut {
            setEnd(slot, .reset, .local)
        } else if error == Self.timedOut {
            setEnd(slot, .timeout, .unknown)
        } else if from == .established || from == .closeWait || from == .finWait1 {
            let certain = hearing.tellsResets(at: moment)
            setEnd(slot, certain ? .aborted : .unknown, certain ? .local : .unknown)
        } else {
            setEnd(slot, .fin, .unknown)
        }
    }

    private mutating func classifyAttempt(_ slot: Int, _ event: KernelEvent, _ error: Int32) {
        if records[slot].tuple.local.port == 0, event.tuple.local.port == 0,
            error == 0, !hot[slot].flags.contains(.resetReceived), records[slot].firstSample == nil
        {
            setEnd(slot, .notSent, .local)
            takeBack(slot)
        } else if error == Self.timedOut {
            setEnd(slot, .connectTimeout, .unknown)
        } else if error == Self.refused || hot[slot].flags.contains(.resetReceived) {
            setEnd(slot, .refused, .peer)
        } else if error == 0 {
            setEnd(slot, .aborted, .local)
        } else {
            setEnd(slot, .unreachable, .unknown)
        }
    }

    private mutating func setEnd(_ slot: Int, _ kind: CloseKind, _ closer: Closer) {
        records[slot].closeKind = kind
        if records[slot].closedBy == .unknown { records[slot].closedBy = closer }
    }

    /// An attempt of which no SYN left is none for the kernel's counters.
    private mutating func takeBack(_ slot: Int) {
        if hot[slot].flags.contains(.counted), let moment = records[slot].attempted.latest {
            attempts.add(-1, at: moment, as: .client)
        }
        hot[slot].flags.insert(.counted)
    }

    // MARK: Numbers

    /// The last numbers of a full socket. The peer's FIN takes an octet of what was received.
    private mutating func setFinal(_ slot: Int, _ final: FinalNumbers?, from: TCPState) {
        guard let final, from != .synSent else { return }
        var received = final.bytesReceived
        let hasFin: Bool
        switch from {
        case .closeWait, .lastAck, .closing: hasFin = true
        case .finWait1, .finWait2:
            hasFin = records[slot].closeKind == .fin && !hot[slot].flags.contains(.orphaned)
        default: hasFin = false
        }
        if hasFin, received > 0 { received -= 1 }
        if final.bytesSent >= final.bytesRetransmitted {
            records[slot].bytesSent = final.bytesSent - final.bytesRetransmitted
        }
        records[slot].bytesReceived = received
        records[slot].retransmits = final.totalRetransmits
        if final.rttMicroseconds != 0 { records[slot].rttMicroseconds = final.rttMicroseconds }
    }

    /// What happened before the end cannot have happened later than it.
    static func lower(_ record: inout ConnectionRecord, to moment: Int64) {
        record.opened.lower(latestTo: moment)
        record.attempted.lower(latestTo: moment)
    }

    /// A regular life needs no rows for the steps of its close, whether samples saw its ESTAB, its
    /// TIME-WAIT, both or neither.
    static func fold(_ record: inout ConnectionRecord) {
        let spans = record.spans
        guard spans.count == 3, spans[0].state == .established,
            spans[0].entered == record.opened,
            spans[0].firstSample ?? record.timeWait?.firstSample == record.firstSample,
            spans[1].firstSample == nil, spans[2].firstSample == nil,
            let began = spans[1].entered.exact, let half = spans[2].entered.exact,
            spans[0].left == spans[1].entered, spans[1].left == spans[2].entered,
            spans[2].left == record.timeWait?.entered ?? record.closed, record.closed.exact != nil
        else { return }
        switch (spans[1].state, spans[2].state, record.closedBy) {
        case (.finWait1, .finWait2, .local), (.closeWait, .lastAck, .peer): break
        default: return
        }
        record.closing = ClosingSteps(began: began, half: half)
        record.spans = []
    }
}

extension ConnectionRecord {
    /// Whether a reset that is told behind the end would say how it ended.
    fileprivate var mayBeReset: Bool {
        closeKind == .aborted || closeKind == .unknown || timeWait?.endedBy == .noRoom
    }
}

extension Bounds {
    /// The moment, if it is known to the microsecond.
    var exact: Int64? { earliest == latest ? earliest : nil }
}
