package import Model

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
        endUnnamed()
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
}
