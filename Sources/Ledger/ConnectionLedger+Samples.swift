package import Model

/// A socket that a dump did not show, to be asked for by an exact request.
package struct Absentee: Equatable, Sendable {
    /// The ledger's place for it.
    package let slot: Int
    package let tuple: FourTuple
    package let cookie: UInt64
}

/// What a ledger made of one sample.
package struct LedgerResult {
    package var states: StateCounts
    /// Attempts recorded that did not begin before the recording.
    package var recordedActive: Int64 = 0
    package var recordedPassive: Int64 = 0
    package var recordedUnattributed: Int64 = 0
    package var changes: [Change] = []
}

extension ConnectionLedger {
    /// How many starts of complete dumps are remembered.
    private static let absenceMemory = 128
    /// Lists of more are made anew by each sample.
    private static let roomy = 16_384
    /// In how many samples every moved row is written once.
    private static let lanes = 64

    /// Starts a sample; ids ascend by one. Its table comes from a dump, or from what is known.
    package mutating func beginSample(_ id: Int64, by basis: SampleRecord.Basis = .dump) {
        sample = id
        isDumping = basis == .dump
        isTaking = true
        states = StateCounts()
        guard isDumping else { return }
        generation &+= 1
        listeners.beginDump()
        unconnected = 0
    }

    /// Takes note that the host slept: until `woke`, for so many µs.
    package mutating func noteSleep(woke: Int64, length: Int64) {
        sleeps.append(Sleep(woke: woke, length: length))
        // A timer of TIME_WAIT does not remember more than its own minute.
        sleeps.removeFirst(max(0, sleeps.count - 64))
    }

    /// Ends the dump. A complete one gives the sockets that it did not show, those first whose
    /// absence says most; of an incomplete one silence proves nothing.
    package mutating func endDump(_ window: Window, complete: Bool) -> [Absentee] {
        decideRoles()
        guard complete else { return [] }
        forgetShown()
        hearing.horizon = max(hearing.horizon, window.earliest)
        listeners.endDump(sample: sample)
        // One dump may miss a row.
        let present = generation
        handshakes.keep { present &- $0.generation <= 1 }
        dumped = window
        absences.append(window.earliest)
        if absences.count > Self.absenceMemory { absences.removeFirst() }
        // What began anew, or expired, has been told by now.
        resolveCancels(before: window.earliest + Self.cancelPatience)
        endAwaiting(before: window.earliest)
        return absentees(from: window)
    }

    private mutating func absentees(from window: Window) -> [Absentee] {
        var unsettled: [Absentee] = []
        var living: [Absentee] = []
        var waiting: [Absentee] = []
        for slot in hot.indices
        where hot[slot].generation != generation && hot[slot].flags.contains(.alive) {
            if hot[slot].flags.contains(.awaiting) { continue }
            if hot[slot].isAhead(of: window) {
                // What came or changed since the dump began may be missing from it.
                if records[slot].firstSample != nil { leave(slot) }
                continue
            }
            if records[slot].tuple.local.port == 0 {
                // Without its port it cannot be asked for: two dumps decide.
                endUnnamed(slot, window)
                continue
            }
            let absentee = Absentee(
                slot: slot, tuple: records[slot].tuple, cookie: records[slot].cookie)
            if hot[slot].flags.contains(.unsettled) {
                unsettled.append(absentee)
            } else if hot[slot].state == .timeWait {
                waiting.append(absentee)
            } else {
                living.append(absentee)
            }
        }
        return unsettled + living + waiting
    }

    /// A sample without a dump, of all that was told until this moment, µs: its table is what the
    /// ledger knows. Nothing tells of handshakes that are not complete.
    package mutating func showAll(at moment: Int64) {
        resolveCancels(before: moment)
        isTaking = false
        let slots = unshown
        unshown.removeAll(keepingCapacity: true)
        for slot in slots where hot[slot].flags.isSuperset(of: [.alive, .unshown]) {
            if hot[slot].flags.contains(.awaiting) {
                unshown.append(slot)
            } else {
                show(slot)
            }
        }
        states = population
        states.countsHandshakes = false
        states.add(.listen, count: Int64(listeners.count))
        states.add(.close, count: unconnected)
    }

    /// What a dump has shown, and what is over, need not be shown by the next sample.
    private mutating func forgetShown() {
        unshown.removeAll { !hot[$0].flags.isSuperset(of: [.alive, .unshown]) }
    }

    /// The namespace is gone, and all its sockets with it.
    package mutating func endAll(_ window: Window) -> [Change] {
        resolveCancels(before: .max)
        endAwaiting(before: .max)
        for slot in hot.indices where hot[slot].flags.contains(.alive) {
            end(slot, absent: window, replaced: false)
        }
        return endSample().changes
    }

    /// Takes the answer to an exact request.
    package mutating func settle(_ absentee: Absentee, _ answer: ExactAnswer, at window: Window) {
        let slot = absentee.slot
        switch answer {
        case .gone:
            noteUntold(since: hot[slot].seen, absentee.cookie)
            end(slot, absent: window, replaced: false)
        case .replaced:
            end(slot, absent: window, replaced: true)
        case .found(let row) where row.state == .listen:
            // Its socket listens now and is the listener ledger's.
            end(slot, absent: window, replaced: false)
        case .found(let row):
            sight(row, in: window)
            // A reconnect keeps its cookie: what was found may be another connection.
            if let slot = self.slot(of: row) { missed.append((sample, records[slot].id)) }
        case .unknown:
            leave(absentee)
        }
    }

    /// A dump tells what happened since this moment, and an event should have told it.
    mutating func noteUntold(since moment: Int64?, _ cookie: UInt64) {
        guard cookie != 0, let moment, hearing.tellsAll(since: moment) else { return }
        drift += 1
    }

    /// Leaves a socket to the next dump: no answer, or no time to ask. The second dump in a row
    /// that does not show it decides.
    package mutating func leave(_ absentee: Absentee) {
        if hot[absentee.slot].flags.contains(.unsettled) {
            return end(absentee.slot, absent: dumped, replaced: false)
        }
        hot[absentee.slot].flags.insert(.unsettled)
        leave(absentee.slot)
    }

    /// An attempt whose end was not told, and of which it is not known whether a SYN left.
    private mutating func endUnnamed(_ slot: Int, _ window: Window) {
        if hot[slot].flags.contains(.unsettled) {
            hot[slot].flags.insert(.counted)
            end(slot, absent: window, replaced: false)
        } else {
            hot[slot].flags.insert(.unsettled)
            if records[slot].firstSample != nil { leave(slot) }
        }
    }

    /// The table holds a socket that the dump did not show.
    private mutating func leave(_ slot: Int) {
        show(slot)
        states.add(hot[slot].state)
        if isSucceeded(slot) {
            hot[slot].flags.insert(.succeeded)
        }
        missed.append((sample, records[slot].id))
    }

    /// At least so many changes the running sample will hand over.
    package var changeCount: Int { dirty.count + ended.count + missed.count }

    /// Ends the sample and hands over what it changed, behind what others changed before it.
    package mutating func endSample(after others: consuming [Change] = []) -> LedgerResult {
        decideRoles()
        var result = LedgerResult(states: states, changes: others)
        countAppeared(into: &result)
        touchLane()
        for slot in dirty where hot[slot].flags.contains(.dirty) {
            if hot[slot].state == .timeWait, !hot[slot].flags.contains(.spansTold) {
                Self.fold(&records[slot])
            }
            result.changes.append(.alive(records[slot]))
            records[slot].firstDirtySpan = max(0, records[slot].spans.count - 1)
            if !records[slot].spans.isEmpty { hot[slot].flags.insert(.spansTold) }
            hot[slot].flags.subtract([.dirty, .moved])
        }
        for record in ended { result.changes.append(.ended(record)) }
        for (sample, connection) in missed {
            result.changes.append(.missed(sample: sample, connection: connection))
        }
        for owner in furtherOwners { result.changes.append(.owner(owner)) }
        result.changes += listeners.takeChanges()
        // What many at once took is given back.
        appeared.removeAll(keepingCapacity: appeared.count < Self.roomy)
        appearedMarks.removeAll()
        dirty.removeAll(keepingCapacity: dirty.count < Self.roomy)
        ended.removeAll(keepingCapacity: ended.count < Self.roomy)
        missed.removeAll(keepingCapacity: true)
        furtherOwners.removeAll(keepingCapacity: true)
        if hearing.isOn { hearing.forget(before: max(dumped.earliest, hearing.latest), dumped) }
        isDumping = false
        isTaking = false
        return result
    }

    /// Hands over what moved and was not yet written: for the end of a recording.
    package mutating func flush() -> [Change] {
        resolveCancels(before: .max)
        endAwaiting(before: .max)
        // No second dump will come: that these live is what is least likely.
        for slot in hot.indices
        where hot[slot].flags.isSuperset(of: [.alive, .unsettled])
            && records[slot].tuple.local.port == 0
        {
            endUnnamed(slot, dumped)
        }
        for slot in hot.indices
        where hot[slot].flags.contains(.alive)
            && !hot[slot].flags.isDisjoint(with: [.moved, .unshown])
        {
            touch(slot)
        }
        return endSample().changes
    }

    /// Numbers that move all the time are written now and then, a share of them each sample.
    private mutating func touchLane() {
        let lane = Int(sample % Int64(Self.lanes))
        for slot in stride(from: lane, to: hot.count, by: Self.lanes)
        where hot[slot].flags.contains(.moved) {
            touch(slot)
        }
    }

    private mutating func countAppeared(into result: inout LedgerResult) {
        // Whether a SYN leaves is known when the attempt has a port.
        for slot in appeared
        where hot[slot].flags.contains(.alive) && records[slot].tuple.local.port != 0 {
            countAttempt(slot)
        }
        let tally = attempts.take()
        result.recordedActive = tally.active
        result.recordedPassive = tally.passive
        result.recordedUnattributed = tally.unattributed
    }

    /// Counts an attempt once, if it did not begin before the recording.
    mutating func countAttempt(_ slot: Int) {
        guard !hot[slot].flags.contains(.counted) else { return }
        hot[slot].flags.insert(.counted)
        if records[slot].role == .unknown {
            records[slot].role = listeners.role(of: records[slot].tuple)
        }
        guard let moment = countedMoment(records[slot]) else { return }
        attempts.add(1, at: moment, as: records[slot].role)
        if records[slot].role == .server { listeners.accepted(records[slot].tuple) }
    }

    /// When the kernel counted the attempt: a client's with its SYN, a server's with the end of
    /// the handshake. Nil for what was there before the recording.
    private mutating func countedMoment(_ record: ConnectionRecord) -> Int64? {
        let edge: Bounds
        switch record.role {
        case .client: edge = record.attempted
        case .server: edge = record.opened
        case .unknown: edge = record.opened == .unknown ? record.attempted : record.opened
        }
        return edge.earliest == nil ? nil : edge.latest
    }

    /// What an event tells of the role of a connection that was counted without one.
    mutating func setRole(_ slot: Int, _ role: Role) {
        let known = records[slot].role
        guard known != role else { return }
        if hot[slot].flags.contains(.counted), let moment = countedMoment(records[slot]) {
            attempts.add(-1, at: moment, as: known)
            attempts.add(1, at: moment, as: role)
        }
        records[slot].role = role
    }
}
