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
        guard told || to == .closing else { return }
        Self.setCloser(of: &records[slot], to, isMini: false)
        if records[slot].firstSample != nil { touch(slot) }
    }

    /// Whether the row of a mini-socket went past what is told now of its full socket.
    mutating func isOutrun(_ slot: Int, _ event: KernelEvent, at moment: Int64) -> Bool {
        records[slot].tuple == event.tuple && records[slot].closed.exact == nil
            && records[slot].opened.earliest ?? .min <= moment
            && moment <= records[slot].closed.latest ?? .max
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
        let spans = record.spans
        let next =
            spans.firstIndex { $0.state == to || $0.state.canFollow(to) } ?? spans.count
        guard let known = next < spans.count ? spans[next].entered : spans.last?.left,
            known.contains(moment), known.latest != nil
        else { return false }
        let exactly = Bounds(exactly: moment)
        if next < spans.count, spans[next].state == to {
            record.spans[next].entered = exactly
        } else {
            // Of a life whose first stay is not told nothing is put before it.
            guard next > 0, to.canFollow(spans[next - 1].state) else { return false }
            let later = Bounds(earliest: moment, latest: known.latest)
            if next < spans.count { record.spans[next].entered = later }
            record.spans.insert(stay(to, from: exactly, until: later), at: next)
        }
        record.firstDirtySpan = min(record.firstDirtySpan, max(0, next - 1))
        guard next > 0 else { return true }
        let isNext = spans[next - 1].state == from
        let earlier = Bounds(earliest: known.earliest, latest: moment)
        record.spans[next - 1].left = isNext ? exactly : earlier
        if !isNext, from.canFollow(spans[next - 1].state) {
            record.spans.insert(stay(from, from: earlier, until: exactly), at: next)
        }
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
