import Model

/// The listening sockets of one network namespace, and what they accepted.
package struct ListenerLedger {
    private struct Key: Hashable {
        var cookie: UInt64
        var local: Endpoint?
        var inode: UInt64
    }

    private struct Entry {
        var record: ListenerRecord
        var inode: UInt64
        var generation: UInt32
        /// When it was last read, µs: not later than this.
        var seen: Int64
        var ownerAttempts = 0
        /// How many processes hold it; 0 where that is not known.
        var holders = 0
    }

    private let netns: UInt64
    private let numbering: Numbering
    private var entries: [Key: Entry] = [:]
    /// The listener at an address, which may be unspecified, and a port.
    private var places: [Endpoint: Key] = [:]
    private var changed: Set<Int64> = []
    private var ended: [ListenerRecord] = []
    private var generation: UInt32 = 0

    init(netns: UInt64, numbering: Numbering) {
        self.netns = netns
        self.numbering = numbering
    }

    /// Listening sockets that are there.
    package var count: Int { entries.count }

    /// Begins a look at all of them.
    mutating func beginDump() { generation &+= 1 }

    /// Takes a LISTEN row; false when this look showed it before.
    mutating func observe(_ row: SocketRow, in window: Window, sample: Int64) -> Bool {
        let key =
            row.cookie == 0
            ? Key(cookie: 0, local: row.tuple.local, inode: row.inode)
            : Key(cookie: row.cookie, local: nil, inode: 0)
        guard var entry = entries[key] else {
            add(row, key, in: window, sample: sample)
            return true
        }
        guard entry.generation != generation else { return false }
        entry.generation = generation
        entry.seen = window.latest
        if row.receiveQueue > entry.record.queuePeak ?? 0 || row.sendQueue != entry.record.backlog {
            entry.record.queuePeak = max(row.receiveQueue, entry.record.queuePeak ?? 0)
            entry.record.backlog = row.sendQueue
            changed.insert(entry.record.id)
        }
        entries[key] = entry
        return true
    }

    private mutating func add(_ row: SocketRow, _ key: Key, in window: Window, sample: Int64) {
        var record = ListenerRecord(
            id: numbering.listener(), netns: netns, local: row.tuple.local,
            interface: row.tuple.interface,
            cookie: row.cookie, firstSeen: window.latest, firstSample: sample)
        record.uid = row.uid
        record.backlog = row.sendQueue
        record.queuePeak = row.receiveQueue
        entries[key] = Entry(
            record: record, inode: row.inode, generation: generation, seen: window.latest)
        if places[record.local] == nil { places[record.local] = key }
        changed.insert(record.id)
    }

    /// A complete look without it ends a listener: its table is read bucket by bucket under lock.
    mutating func endDump(sample: Int64) {
        for (key, entry) in entries where entry.generation != generation {
            var record = entry.record
            record.lastSeen = entry.seen
            record.lastSample = sample - 1
            ended.append(record)
            changed.remove(record.id)
            entries[key] = nil
            if places[record.local] == key {
                places[record.local] =
                    entries.first { $0.value.record.local == record.local }?.key
            }
        }
    }

    // MARK: Roles

    /// The end that a listener of this host tells: the server's if one listens at the local
    /// endpoint, the client's if the peer is this host too and one listens there.
    func role(of tuple: FourTuple) -> Role {
        if listener(at: tuple.local) != nil { return .server }
        let peerIsHere = tuple.peer.address == tuple.local.address || tuple.peer.address.isLoopback
        return peerIsHere && listener(at: tuple.peer) != nil ? .client : .unknown
    }

    /// The nearest match; `::` takes IPv4 too (ipv6(7), IPV6_V6ONLY), 0.0.0.0 no IPv6.
    private func listener(at endpoint: Endpoint) -> Key? {
        if let exact = places[endpoint] { return exact }
        let port = endpoint.port
        if endpoint.address.family == .ipv4,
            let every = places[Endpoint(IPAddress(ipv4: 0), port)]
        {
            return every
        }
        return places[Endpoint(IPAddress(high: 0, low: 0), port)]
    }

    /// Counts a recorded connection for the listener that accepted it.
    mutating func accepted(_ tuple: FourTuple) {
        guard let key = listener(at: tuple.local), let id = entries[key]?.record.id else { return }
        entries[key]?.record.accepted += 1
        changed.insert(id)
    }

    // MARK: Owners

    /// The process that accepts at a connection's local end, where one alone can: who else holds
    /// a socket that nobody was seen to hold.
    func onlyHolder(of tuple: FourTuple) -> Int64? {
        guard let key = listener(at: tuple.local), let entry = entries[key], entry.holders == 1
        else { return nil }
        return entry.record.process
    }

    /// The process that listens at a connection's local end.
    func process(at tuple: FourTuple) -> Int64? {
        listener(at: tuple.local).flatMap { entries[$0]?.record.process }
    }

    var wantedInodes: Set<UInt64> {
        Set(entries.values.filter { $0.record.process == nil && $0.ownerAttempts < 3 }.map(\.inode))
    }

    mutating func assign(_ owners: [UInt64: [Int64]], complete: Bool) {
        for (key, entry) in entries where entry.record.process == nil && entry.ownerAttempts < 3 {
            // A listener is shared by forked workers: the process that made it comes last.
            if let holders = owners[entry.inode], let process = holders.last {
                entries[key]?.record.process = process
                entries[key]?.holders = holders.count
                changed.insert(entry.record.id)
            } else if complete {
                entries[key]?.ownerAttempts += 1
            }
        }
    }

    // MARK: Changes

    mutating func takeChanges() -> [Change] {
        var changes = ended.map(Change.listener)
        if !changed.isEmpty {
            changes += entries.values.filter { changed.contains($0.record.id) }
                .sorted { $0.record.id < $1.record.id }.map { .listener($0.record) }
        }
        ended.removeAll()
        changed.removeAll()
        return changes
    }
}

extension IPAddress {
    /// 127.0.0.0/8 (RFC 1122) or ::1 (RFC 4291).
    var isLoopback: Bool {
        switch family {
        case .ipv4: low >> 24 == 127
        case .ipv6: high == 0 && low == 1
        }
    }
}
