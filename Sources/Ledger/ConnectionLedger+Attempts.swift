import Model

extension ConnectionLedger {
    /// Counts the attempts that appeared in the sample, and hands all over that were counted.
    mutating func countAppeared(into result: inout LedgerResult) {
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
