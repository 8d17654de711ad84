import Model

// What rows of the running sample have shown before it is told.
extension ConnectionLedger {
    /// A transition that is known to have happened: it tells when.
    mutating func narrow(
        _ slot: Int, from: TCPState, to: TCPState, at moment: Int64, _ event: KernelEvent,
        _ process: Int64?
    ) {
        complete(slot, event, process)
        var told = Self.mark(&records[slot], from, to, at: moment)
        switch to {
        case .synSent: told = Self.narrow(&records[slot].attempted, to: moment) || told
        case .established where Self.narrow(&records[slot].opened, to: moment):
            told = true
            Self.lower(&records[slot], to: moment)
            if from == .synReceived, records[slot].role == .unknown {
                setRole(slot, .server)
            } else if from == .synSent {
                setRole(slot, .client)
            }
        default: break
        }
        if !told || moment <= hot[slot].heard { lateEvents += 1 }
        guard told else { return }
        Self.setCloser(of: &records[slot], to, isMini: false)
        if records[slot].firstSample != nil { touch(slot) }
    }

    /// Makes bounds exact if they allow it.
    static func narrow(_ bounds: inout Bounds, to moment: Int64) -> Bool {
        guard bounds.contains(moment) else { return false }
        bounds = Bounds(exactly: moment)
        return true
    }

    /// Makes exact when one stay ended and the next began. Where the rows went past one of the two
    /// states, its stay is put between.
    private static func mark(
        _ record: inout ConnectionRecord, _ from: TCPState, _ to: TCPState, at moment: Int64
    ) -> Bool {
        guard let next = record.spans.firstIndex(where: { $0.state == to || to.precedes($0) }),
            record.spans[next].entered.contains(moment)
        else { return false }
        let known = record.spans[next].entered
        if record.spans[next].state == to {
            record.spans[next].entered = Bounds(exactly: moment)
            guard next > 0 else {
                record.firstDirtySpan = 0
                return true
            }
        } else {
            // Of a life whose first stay is not told nothing is put before it.
            guard next > 0, to.canFollow(record.spans[next - 1].state) else { return false }
            let later = Bounds(earliest: moment, latest: known.latest)
            record.spans[next].entered = later
            record.spans.insert(stay(to, from: Bounds(exactly: moment), until: later), at: next)
        }
        let isNext = record.spans[next - 1].state == from
        let earlier = Bounds(earliest: known.earliest, latest: moment)
        record.spans[next - 1].left = isNext ? Bounds(exactly: moment) : earlier
        if !isNext, from.canFollow(record.spans[next - 1].state) {
            let missing = stay(from, from: earlier, until: Bounds(exactly: moment))
            record.spans.insert(missing, at: next)
        }
        record.firstDirtySpan = min(record.firstDirtySpan, next - 1)
        return true
    }

    private static func stay(
        _ state: TCPState, from entered: Bounds, until left: Bounds
    ) -> SpanRecord {
        var stay = SpanRecord(state: state, entered: entered, firstSample: nil)
        stay.left = left
        return stay
    }
}

extension TCPState {
    /// Whether a life that is in a later stay has been in this state, told or not.
    fileprivate func precedes(_ stay: SpanRecord) -> Bool { stay.state.canFollow(self) }
}
