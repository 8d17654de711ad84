import Model

/// One end of a connection as it is going to be: its steps and their moments, µs on the axis.
struct SyntheticLife {
    /// How it ends.
    enum Course: UInt8 {
        /// This end closes first, and waits.
        case active
        /// The peer closes first.
        case passive
        /// The peer resets.
        case reset
        /// The attempt is refused.
        case refused
    }

    /// A moment of a life, in their order.
    enum Step: UInt8 {
        case attempted, opened, closing, half, ended, gone
    }

    var tuple: FourTuple
    var cookie: UInt64
    var isClient: Bool
    var course: Course
    /// `process_id` of the owner.
    var process: Int64
    var uid: UInt32
    var attempted: Int64
    var opened: Int64
    var closing: Int64
    var half: Int64
    var ended: Int64
    /// When the TIME-WAIT ends.
    var gone: Int64
    var sent: UInt64
    var received: UInt64
    var rtt: UInt32
    /// The place of its row in the table; -1: not in it.
    var place = -1

    /// The moments of what the kernel tells of it.
    var agenda: [(step: Step, moment: Int64)] {
        var steps: [(Step, Int64)] = isClient ? [(.attempted, attempted)] : []
        if course != .refused { steps.append((.opened, opened)) }
        if course == .active || course == .passive {
            steps += [(.closing, closing), (.half, half)]
        }
        steps.append((.ended, ended))
        if course == .active { steps.append((.gone, gone)) }
        return steps
    }

    /// The events that the kernel tells at a step.
    func events(at step: Step) -> [KernelEvent] {
        switch step {
        case .attempted: return [event(.state(from: .close, to: .synSent), at: attempted)]
        case .opened:
            var told = event(
                .state(from: isClient ? .synSent : .synReceived, to: .established), at: opened)
            if !isClient { told.handshakeMicroseconds = UInt32(opened - attempted) }
            return [told]
        case .closing:
            let state: TCPState = course == .active ? .finWait1 : .closeWait
            return [event(.state(from: .established, to: state), at: closing)]
        case .half:
            return course == .active
                ? [event(.state(from: .finWait1, to: .finWait2), at: half)]
                : [event(.state(from: .closeWait, to: .lastAck), at: half)]
        case .ended: return endEvents
        case .gone:
            return [
                event(.timerCancelled(.timeWait, leftMicroseconds: 0), at: gone),
                event(.timerExpired(.timeWait, leftMicroseconds: 0), at: gone),
            ]
        }
    }

    private var endEvents: [KernelEvent] {
        let from: TCPState
        var before: [KernelEvent] = []
        switch course {
        case .active:
            from = .finWait2
            before = [
                event(.timerStarted(.timeWait, leftMicroseconds: 60_000_000), at: ended - 1)
            ]
        case .passive: from = .lastAck
        case .reset:
            from = .established
            before = [event(.receivedReset(.established), at: ended)]
        case .refused: from = .synSent
        }
        var last = event(.state(from: from, to: .close), at: ended)
        let isOrderly = course == .active || course == .passive
        last.final = FinalNumbers(
            bytesSent: sent, bytesRetransmitted: 0,
            bytesAcknowledged: sent + (isClient ? 1 : 0) + (isOrderly ? 1 : 0),
            bytesReceived: received + (isOrderly ? 1 : 0), totalRetransmits: 0,
            rttMicroseconds: rtt, error: course == .reset ? 104 : course == .refused ? 111 : 0)
        return before + [last]
    }

    private func event(_ kind: KernelEvent.Kind, at moment: Int64) -> KernelEvent {
        KernelEvent(
            bootNanoseconds: moment * 1_000, kind: kind, cookie: cookie, netns: SyntheticHost.netns,
            tuple: tuple, uid: uid)
    }

    /// The row that a dump shows once this step is behind; nil: none.
    func row(after step: Step) -> SocketRow? {
        let state: TCPState
        switch step {
        case .attempted: state = .synSent
        case .opened: state = .established
        case .closing: state = course == .active ? .finWait1 : .closeWait
        case .half: state = course == .active ? .finWait2 : .lastAck
        case .ended where course == .active: state = .timeWait
        case .ended, .gone: return nil
        }
        var row = SocketRow(cookie: cookie, tuple: tuple, state: state)
        row.timerGranuleMicroseconds = 4_000
        if state == .timeWait {
            row.timer = 3
            return row
        }
        row.uid = uid
        var info = TCPInfo()
        info.rttMicroseconds = rtt
        info.bytesSent = sent / 2
        info.bytesRetransmitted = 0
        info.bytesAcknowledged = sent / 2 + (isClient ? 1 : 0)
        info.bytesReceived = received / 2
        row.info = info
        return row
    }
}
