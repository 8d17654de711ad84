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

    /// Takes what a walk over descriptors found: process ids by inode, the likeliest owner first.
    /// A walk cut short proves nothing for the inodes that it did not find.
    package mutating func assign(
        _ owners: [UInt64: [Int64]], at moment: Int64, complete: Bool
    ) {
        listeners.assign(owners, complete: complete)
        for (slot, attempts) in unowned {
            guard let processes = owners[hot[slot].inode], let first = processes.first else {
                guard complete else { continue }
                unowned[slot] = attempts + 1 < Self.ownerAttempts ? attempts + 1 : nil
                continue
            }
            unowned[slot] = nil
            records[slot].process = first
            furtherOwners += processes.dropFirst().map {
                OwnerRecord(connection: records[slot].id, process: $0, fromMicroseconds: moment)
            }
            touch(slot)
        }
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
