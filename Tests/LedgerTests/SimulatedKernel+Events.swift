import Model

// What the probe tells of a life, as kernel-side BPF programs see it.
extension SimulatedKernel {
    /// All events of a life in their order.
    func events(of life: TrueLife) -> [KernelEvent] {
        let full = life.fullStays
        var told: [KernelEvent] = []
        for (number, stay) in full.enumerated() where stay.state != .synReceived {
            let from = number > 0 ? full[number - 1].state : TCPState.close
            told.append(transition(of: life, from, to: stay.state, at: stay.entered))
        }
        guard let last = full.last else { return told }
        if let moment = life.telling.resetReceived {
            told.append(event(.receivedReset(last.state), of: life, at: moment))
        }
        let end = transition(of: life, last.state, to: .close, at: life.closed)
        if life.hasMini { told.append(birth(of: life)) }
        if let moment = life.telling.resetSent {
            let state = moment > life.closed ? TCPState.close : last.state
            let reset = event(.sentReset(state), of: life, at: moment)
            told += moment > life.closed ? [end, reset] : [reset, end]
        } else {
            told.append(end)
        }
        return told + timers(of: life)
    }

    private func event(
        _ kind: KernelEvent.Kind, of life: TrueLife, at moment: Int64
    ) -> KernelEvent {
        KernelEvent(
            bootNanoseconds: moment * 1_000, kind: kind, cookie: life.cookie,
            netns: life.telling.netns, tuple: life.tuple, uid: 1000)
    }

    private func transition(
        of life: TrueLife, _ from: TCPState, to state: TCPState, at moment: Int64
    ) -> KernelEvent {
        var told = event(.state(from: from, to: state), of: life, at: moment)
        switch state {
        case .synSent, .finWait1, .lastAck:
            let process = ProcessIdentity(pid: life.telling.process, startTicks: 1)
            told.origin = EventOrigin(process: process, comm: (low: 0x62_7577, high: 0))
            told.pid = life.telling.process
            if state == .synSent, !life.telling.isBound { told.tuple.local.port = 0 }
        case .established where from == .synReceived && life.telling.isHandshakeTold:
            told.handshakeMicroseconds = UInt32(moment - life.attempted)
        case .close:
            told.final = final(of: life)
            hide(&told, life, from)
        default: break
        }
        return told
    }

    /// A socket that closes gives up its port, a refused one its address, or both, too.
    private func hide(_ told: inout KernelEvent, _ life: TrueLife, _ from: TCPState) {
        let telling = life.telling
        if from == .synSent {
            if !telling.counts { told.tuple.local.port = 0 }
        } else if !telling.keepsPort {
            told.tuple.local.port = 0
        }
        guard telling.kind == .refused else { return }
        told.tuple.local.address = IPAddress(ipv4: 0)
        if telling.keepsPort { told.tuple.peer.address = IPAddress(ipv4: 0) }
    }

    private func final(of life: TrueLife) -> FinalNumbers {
        let telling = life.telling
        let syn: UInt64 = life.isServer || !life.isConnected ? 0 : 1
        return FinalNumbers(
            bytesSent: telling.sent + telling.sentAgain,
            bytesRetransmitted: telling.sentAgain,
            bytesAcknowledged: telling.sent + syn + (telling.countsOwnFIN ? 1 : 0),
            bytesReceived: telling.received + (telling.countsPeerFIN ? 1 : 0),
            totalRetransmits: telling.sentAgain > 0 ? 1 : 0, rttMicroseconds: 250,
            error: telling.error)
    }

    // MARK: Mini-sockets

    private func left(from entry: Int64, at moment: Int64) -> Int64 {
        (jiffies(entry) + 15_000 - jiffies(moment)) * Self.jiffy
    }

    private func birth(of life: TrueLife) -> KernelEvent {
        let state = life.stays.first(where: \.mini)?.state ?? .timeWait
        let moment = life.closed - TrueLife.birth
        return event(
            .timerStarted(state, leftMicroseconds: left(from: moment, at: moment)), of: life,
            at: moment)
    }

    /// What a mini-socket's timer tells after its birth.
    private func timers(of life: TrueLife) -> [KernelEvent] {
        guard let mini = life.stays.first(where: \.mini) else { return [] }
        var told: [KernelEvent] = []
        var armed = mini.entered
        let entries = mini.state == .timeWait ? life.timeWaitEntries.dropFirst() : life.entries
        for entry in entries {
            if !staysInSlot(armed, entry) {
                told.append(
                    event(
                        .timerCancelled(.timeWait, leftMicroseconds: left(from: armed, at: entry)),
                        of: life, at: entry))
                told.append(
                    event(
                        .timerStarted(.timeWait, leftMicroseconds: left(from: entry, at: entry)),
                        of: life, at: entry))
            }
            armed = entry
        }
        guard life.gone < .max, let state = life.stays.last?.state else { return told }
        let left = left(from: armed, at: life.gone)
        told.append(
            event(.timerCancelled(state, leftMicroseconds: left), of: life, at: life.gone))
        if left <= 0 {
            told.append(
                event(.timerExpired(state, leftMicroseconds: left), of: life, at: life.gone))
        }
        return told
    }

    /// Whether a timer armed anew stays in its slot of the wheel, of which nothing is told.
    func staysInSlot(_ armed: Int64, _ anew: Int64) -> Bool {
        (armed + phase) / TrueLife.wheelSlot == (anew + phase) / TrueLife.wheelSlot
    }

    // MARK: Destroy messages

    /// The destroy message of a life: a row in state CLOSE.
    func destroyMessage(of life: TrueLife) -> SocketRow {
        var row = SocketRow(cookie: life.cookie, tuple: life.tuple, state: .close)
        row.timerGranuleMicroseconds = Self.jiffy
        var info = TCPInfo()
        // Stamps are those of the last segments; what was never sent, or is cleared by a
        // disconnect, counts from the boot on.
        let idle = ((life.telling.destroyed ?? life.closed) - (life.lastSegment ?? 0)) / 1_000
        info.lastDataSentMilliseconds = UInt32(max(0, idle))
        info.lastDataReceivedMilliseconds = 3_600_000
        info.lastAckReceivedMilliseconds = info.lastDataSentMilliseconds
        if life.telling.isDestroyedZeroed {
            row.tuple.local.address = IPAddress(ipv4: 0)
            row.tuple.peer.port = 0
            if !life.telling.counts { row.tuple.local.port = 0 }
            if life.telling.kind == .reset {
                row.info = info
                return row
            }
        }
        let final = final(of: life)
        info.bytesSent = final.bytesSent
        info.bytesRetransmitted = final.bytesRetransmitted
        info.bytesAcknowledged = final.bytesAcknowledged
        info.bytesReceived = final.bytesReceived
        info.rttMicroseconds = final.rttMicroseconds
        info.totalRetransmits = final.totalRetransmits
        row.info = info
        return row
    }
}

extension TrueLife {
    /// When its last segment was sent; an attempt that failed has sent no data.
    fileprivate var lastSegment: Int64? { isConnected ? stays.last { !$0.mini }?.entered : nil }

    fileprivate var entries: ArraySlice<Int64> { timeWaitEntries[...] }
}
