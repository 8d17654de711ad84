import Model

extension ConnectionLedger {
    /// The connection is not there any more: it ended between its last sight and this look.
    mutating func end(_ slot: Int, absent window: Window, replaced: Bool) {
        let gone = window.change(since: hot[slot].seen)
        if hot[slot].state == .timeWait {
            endTimeWait(slot, gone, replaced: replaced)
        } else {
            leaveSpan(slot, gone)
            if records[slot].closed == .unknown { records[slot].closed = gone }
        }
        records[slot].lastSample = sample - 1
        ended.append(records[slot])
        remove(slot)
    }

    /// Expired, or ended before its time: told by whether the 60 s can have been over.
    private mutating func endTimeWait(_ slot: Int, _ gone: Bounds, replaced: Bool) {
        guard let entry = records[slot].timeWait?.latestEntry, let latest = gone.latest else {
            return
        }
        let due = entry.earliest.map { $0 + TimeWaitClock.length }
        if let due, due > latest {
            let reused =
                replaced || hot[slot].flags.contains(.succeeded)
                || appearedMarks.contains(records[slot].tuple.mark)
            records[slot].timeWait?.endedBy = reused ? .reused : .cutShort
            records[slot].timeWait?.left = gone
        } else {
            records[slot].timeWait?.endedBy = .expired
            let earliest = max(due ?? .min, gone.earliest ?? .min)
            records[slot].timeWait?.left = Bounds(
                earliest: earliest == .min ? nil : earliest, latest: latest)
        }
    }
}
