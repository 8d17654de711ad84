package import Model

/// Bound UDP sockets: who holds them and since when; they have no states and no lifetimes.
package struct DatagramLedger {
    private struct Key: Hashable {
        var cookie: UInt64
        var inode: UInt64
        var tuple: FourTuple
    }

    private struct Entry {
        var record: DatagramRecord
        var inode: UInt64
        var ownerAttempts = 0
    }

    private let netns: UInt64
    private let numbering: Numbering
    private var entries: [Key: Entry] = [:]
    private var changed: Set<Key> = []
    private var ended: [DatagramRecord] = []

    package init(netns: UInt64, numbering: Numbering) {
        self.netns = netns
        self.numbering = numbering
    }

    /// Takes a whole table; what is gone was seen last by the look before, at `lastSeen`.
    package mutating func observe(_ rows: [DatagramRow], at moment: Int64, lastSeen: Int64) {
        var alive: Set<Key> = []
        for row in rows {
            let key = Key(
                cookie: row.cookie, inode: row.cookie == 0 ? row.inode : 0, tuple: row.tuple)
            alive.insert(key)
            if entries[key] == nil { add(row, key, at: moment) }
        }
        for (key, entry) in entries where !alive.contains(key) {
            var record = entry.record
            record.lastSeen = max(lastSeen, record.firstSeen)
            ended.append(record)
            entries[key] = nil
            changed.remove(key)
        }
    }

    private mutating func add(_ row: DatagramRow, _ key: Key, at moment: Int64) {
        var record = DatagramRecord(
            id: numbering.datagram(), netns: netns, tuple: row.tuple, firstSeen: moment)
        record.uid = row.uid
        entries[key] = Entry(record: record, inode: row.inode)
        changed.insert(key)
    }

    /// Inodes of sockets whose owner is not known yet.
    package var wantedInodes: Set<UInt64> {
        Set(
            entries.values.lazy
                .filter { $0.record.process == nil && $0.inode != 0 && $0.ownerAttempts < 3 }
                .map(\.inode))
    }

    /// Takes what a walk over descriptors found; a walk cut short proves nothing for the rest.
    package mutating func assign(_ owners: [UInt64: [Int64]], complete: Bool) {
        for (key, entry) in entries where entry.record.process == nil && entry.ownerAttempts < 3 {
            if let process = owners[entry.inode]?.last {
                entries[key]?.record.process = process
                changed.insert(key)
            } else if complete {
                entries[key]?.ownerAttempts += 1
            }
        }
    }

    package mutating func takeChanges() -> [Change] {
        defer {
            changed.removeAll()
            ended.removeAll()
        }
        let alive = changed.compactMap { entries[$0]?.record }
        return (alive + ended).sorted { $0.id < $1.id }.map(Change.datagram)
    }
}
