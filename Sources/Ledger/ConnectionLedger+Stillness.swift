import Model

// What a dump shows again as it was: most of a table, so all else makes way for it.
extension ConnectionLedger {
    /// Takes rows that tell nothing new, up to the first that may; says where that one is.
    mutating func passStill(
        _ rows: [SocketRow], from start: Int, in window: Window
    ) -> Int {
        guard last < hot.count else { return start }
        let rows = rows.span
        let clock = StillClock(window: window, generation: generation, hasSlept: !sleeps.isEmpty)
        var next = start
        while next < rows.count {
            let identity = identity(rows[next].cookie, rows[next].tuple)
            var slot = Int(hot[last].successor)
            if hot[slot].identity != identity {
                let key = key(rows[next].cookie, rows[next].tuple)
                guard let found = names.find(key, where: { hot[$0].identity == identity }) else {
                    return next
                }
                slot = found
                hot[last].successor = UInt32(truncatingIfNeeded: slot)
            }
            last = slot
            guard hot[slot].isStill(rows[next], clock) else { return next }
            hot[slot].generation = generation
            hot[slot].seen = max(hot[slot].seen, window.earliest)
            states.add(rows[next].state)
            next += 1
        }
        return next
    }
}

/// When a dump's rows were read, and by which dump.
struct StillClock {
    var window: Window
    var generation: UInt32
    /// Timers have stood still at times.
    var hasSlept: Bool
}

extension HotSocket {
    /// Whether the row tells nothing that is not known.
    @inline(__always)
    func isStill(_ row: SocketRow, _ clock: StillClock) -> Bool {
        guard state == row.state, generation != clock.generation,
            flags.contains(.alive), flags.isDisjoint(with: .restless),
            flags.contains(.mini) == row.isMiniSocket
        else { return false }
        if row.isMiniSocket { return isStillWaiting(row, clock) }
        guard inode == row.inode || row.inode == 0 else { return false }
        // A dump without tcp_info has nothing to tell of a socket but what waits in its queues.
        if row.info == nil { return row.receiveQueue | row.sendQueue == 0 }
        return fingerprint == row.fingerprint
    }

    private func isStillWaiting(_ row: SocketRow, _ clock: StillClock) -> Bool {
        guard state == .timeWait else { return true }
        guard !clock.hasSlept else { return false }
        guard let told = TimeWaitClock.entry(of: row, seen: clock.window) else { return true }
        return hasEntry(within: told)
    }
}
