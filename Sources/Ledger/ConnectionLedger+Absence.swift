package import Model

/// A socket that a dump did not show, to be asked for by an exact request.
package struct Absentee: Equatable, Sendable {
    /// The ledger's place for it.
    package let slot: Int
    package let tuple: FourTuple
    package let cookie: UInt64
}

extension ConnectionLedger {
    /// Those that the dump did not show, those first whose absence says most.
    mutating func absentees(from window: Window) -> [Absentee] {
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

    /// The recording ends, and no second dump decides: that such an attempt lives is least likely.
    mutating func endUnnamed() {
        for slot in hot.indices
        where hot[slot].flags.isSuperset(of: [.alive, .unsettled])
            && records[slot].tuple.local.port == 0
        {
            endUnnamed(slot, dumped)
        }
    }
}
