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
        finalize(slot, at: gone.latest ?? window.latest)
    }

    /// Nothing more can become known: hands the connection over for the last time.
    mutating func finalize(_ slot: Int, at moment: Int64) {
        countAttempt(slot)
        if records[slot].process == nil, records[slot].role == .server {
            records[slot].process = listeners.onlyHolder(of: records[slot].tuple)
        }
        records[slot].lastSample = lastSample(of: slot)
        if !hot[slot].flags.contains(.spansTold) { Self.fold(&records[slot]) }
        if hearing.isOn {
            hearing.departed[records[slot].cookie] = Hearing.Departed(
                moment: moment, mark: records[slot].tuple.mark,
                isUnnamed: records[slot].tuple.peer.port == 0)
        }
        ended.append(records[slot])
        remove(slot)
    }

    /// The last sample whose table holds the connection; nil when none does.
    mutating func lastSample(of slot: Int) -> Int64? {
        guard records[slot].firstSample != nil else { return nil }
        if hot[slot].flags.contains(.awaiting) { return records[slot].lastSample }
        let isShown = isDumping ? hot[slot].generation == generation : !isTaking
        return isShown ? sample : sample - 1
    }

    /// Whether another connection with its 4-tuple was met in this sample.
    mutating func isSucceeded(_ slot: Int) -> Bool {
        guard let latest = appearedMarks[records[slot].tuple.mark] else { return false }
        return latest != records[slot].id
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
                || isSucceeded(slot)
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
