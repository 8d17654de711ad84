import Model

extension ConnectionLedger {
    /// How often an inode is looked for before its owner counts as hidden.
    private static let ownerAttempts = 3

    /// Inodes of sockets whose owner is not known yet.
    package var wantedInodes: Set<UInt64> {
        var wanted = listeners.wantedInodes
        for slot in unowned.keys { wanted.insert(hot[slot].inode) }
        return wanted
    }

    /// Processes that listen where those sockets were accepted: probably they hold them.
    package var likelyOwners: Set<Int64> {
        var likely: Set<Int64> = []
        for slot in unowned.keys {
            if let process = listeners.process(at: records[slot].tuple) { likely.insert(process) }
        }
        return likely
    }

    /// Takes what a walk over descriptors found: process ids by inode, the likeliest owner first.
    /// A walk cut short proves nothing for the inodes that it did not find.
    package mutating func assign(
        _ owners: [UInt64: [Int64]], at moment: Int64, complete: Bool
    ) {
        listeners.assign(owners, complete: complete)
        // By index, and what is settled at the end: a dictionary that changes while it is walked
        // would be copied.
        var settled: [Int] = []
        var place = unowned.startIndex
        while place != unowned.endIndex {
            defer { unowned.formIndex(after: &place) }
            let (slot, attempts) = unowned[place]
            guard let processes = owners[hot[slot].inode], let first = processes.first else {
                guard complete else { continue }
                unowned.values[place] = attempts + 1
                if attempts + 1 >= Self.ownerAttempts { settled.append(slot) }
                continue
            }
            settled.append(slot)
            records[slot].process = first
            furtherOwners += processes.dropFirst().map {
                OwnerRecord(connection: records[slot].id, process: $0, fromMicroseconds: moment)
            }
            touch(slot)
        }
        for slot in settled { unowned[slot] = nil }
        // The room that many took is given back.
        if unowned.isEmpty { unowned = [:] }
    }

    /// Names the role of connections that only a listener can tell.
    mutating func decideRoles() {
        for slot in appeared where records[slot].role == .unknown {
            records[slot].role = listeners.role(of: records[slot].tuple)
        }
    }
}
