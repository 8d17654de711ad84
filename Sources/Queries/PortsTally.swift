import Model
import Store

/// Ports that clients of this host held toward each peer.
struct PortsTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail
    static let part = ConnectionScan.Part.clients

    /// Where a port can be taken once, and by whom it is.
    private struct Key: Hashable {
        /// Of `ClientSides`.
        var place: Int32
        var peerPort: Int32
        /// 0 where it is not known.
        var peer: Int64
        /// Of `holders`; 0 where there are none.
        var holder: Int64 = 0
    }

    private let stays: PortStays
    private let peers: GroupBook
    private let holders: GroupBook?
    private let choice: Choice
    private var groups: [Key: PortUse] = [:]

    /// Of which connections ports are counted, and what of them.
    struct Choice: Sendable {
        /// Sides and peers; nil for all.
        var ways: Set<ConnectionSurvey.Way>?
        /// Whether it is counted how many ports wait at each moment.
        var tellsWaits = false
    }

    /// `peers` gathers by peer; `holders` by what the ports of several destinations are gathered.
    init(
        _ stays: PortStays, peers: GroupBook, holders: GroupBook? = nil, choice: Choice = Choice()
    ) {
        self.stays = stays
        self.peers = peers
        self.holders = holders
        self.choice = choice
    }

    mutating func add(_ connection: ScannedConnection) {
        guard let place = stays.sides.index(connection.side) else { return }
        if let ways = choice.ways {
            let way = ConnectionSurvey.Way(side: connection.side, peer: connection.peerAddress)
            guard ways.contains(way) else { return }
        }
        let key = Key(
            place: place, peerPort: Int32(truncatingIfNeeded: connection.peerPort),
            peer: peers.key(connection), holder: holders?.key(connection) ?? 0)
        if connection.closeKind == .notSent {
            guard let moment = stays.failure(connection) else { return }
            groups[key, default: PortUse()].addNotSent(moment)
        } else if let stay = stays.stay(connection, at: stays.sides.places[Int(place)]) {
            groups[key, default: PortUse()].add(stay, tellsWaits: choice.tellsWaits)
        }
    }

    mutating func finish() {
        for key in groups.keys { groups[key]?.sort() }
    }

    mutating func merge(_ other: PortsTally) {
        for (key, use) in other.groups { groups[key, default: PortUse()].merge(use) }
    }
}

// MARK: What was counted

extension PortsTally {
    /// One destination with what was found of it.
    private struct Swept {
        var key: Key
        var use: PortUse
        var found: Sweep.Result
        var peak: Int64 { found.peak?.number ?? 0 }
    }

    private var range: AxisRange { stays.presence.range }

    private mutating func swept(probes: [Int64]) -> [Swept] {
        finish()
        var held = [Int32](repeating: 0, count: 65_536)
        return groups.map { key, use in
            Swept(key: key, use: use, found: use.sweep.run(probes: probes, held: &held))
        }
    }

    /// The fullest, each its ends and its numbers; without ends where `holders` gather them.
    mutating func cell(top: Int64?, slots: Int64) -> Cell {
        let probes = stays.presence.probes(slots)
        let all = holders == nil ? swept(probes: probes) : gathered(probes: probes)
        let largest = GroupedRows.largest(all, top: top) { $0.peak }
        return GroupedRows.cell(
            largest.enumerated().map { number, group in [.integer(Int64(number))] + row(group) })
    }

    /// The destinations of each holder as one.
    private mutating func gathered(probes: [Int64]) -> [Swept] {
        finish()
        var held = [Int32](repeating: 0, count: 65_536)
        var wholes: [Int64: PortUse] = [:]
        for (key, use) in groups {
            var use = use
            use.available = use.connections > 0 ? stays.available(place(key)) : 0
            use.sweep = use.sweep.apart(held: &held)
            if wholes[key.holder]?.merge(use) == nil { wholes[key.holder] = use }
        }
        return wholes.map { holder, use in
            var use = use
            use.sort()
            return Swept(
                key: Key(place: -1, peerPort: 0, peer: 0, holder: holder), use: use,
                found: use.sweep.run(probes: probes))
        }
    }

    private func place(_ key: Key) -> ClientSides.Place { stays.sides.places[Int(key.place)] }

    private func row(_ group: Swept) -> [Cell] {
        let (key, use, found) = (group.key, group.use, group.found)
        let numbers = [
            found.peak == nil ? 0 : found.levels.last ?? 0, use.waiting, use.closing, group.peak,
            found.peak.map { $0.at + range.since }, use.notSent, use.lastNotSent, use.connections,
        ]
        let ports = holders == nil ? stays.available(place(key)) : use.available
        return ends(key)
            + [Cell(number: ports == 0 ? nil : ports)] + numbers.map { Cell(number: $0) }
            + [GroupedRows.series(found.levels)]
    }

    /// netns, own address, row of the peer's address and its port; or a holder's number and name.
    private func ends(_ key: Key) -> [Cell] {
        if let holders { return [.integer(key.holder), holders.label(key.holder)] }
        let place = place(key)
        return [
            Cell(number: place.netns == 0 ? nil : place.netns),
            place.address.map { .text($0) } ?? .null, Cell(number: key.peer),
            Cell(number: key.peerPort == 0 ? nil : Int64(key.peerPort)),
        ]
    }

    /// The fullest of each namespace: their ends, ports in use at the end of the range, the most at
    /// once and when.
    mutating func fullest() -> Cell {
        let all = swept(probes: stays.presence.probes(1)).filter { $0.found.peak != nil }
        var most: [Int64: Int64] = [:]
        for group in all {
            most[place(group.key).netns] = max(most[place(group.key).netns] ?? 0, group.peak)
        }
        let fullest = all.filter { $0.peak == most[place($0.key).netns] }
        return GroupedRows.cell(
            fullest.map { group in
                ends(group.key) + [
                    Cell(number: group.found.levels.last), .integer(group.peak),
                    Cell(number: group.found.peak.map { $0.at + range.since }),
                ]
            })
    }

    /// Those that used this share of their ports or more at once: their ends, the ports that there
    /// are, those that connections and TIME-WAITs had at the most of it, when that was, and from
    /// when to when the share was used.
    mutating func crowded(_ share: Double) -> Cell {
        finish()
        var held = [Int32](repeating: 0, count: 65_536)
        return GroupedRows.cell(
            groups.compactMap { key, use -> [Cell]? in
                guard let ports = stays.available(place(key)), ports > 0 else { return nil }
                let found = use.sweep.run(
                    probes: [], held: &held, mark: (share * Double(ports)).rounded(.up))
                guard let peak = found.peak, let crowd = found.marked else { return nil }
                let waiting = use.waits.run(probes: [peak.at], held: &held).levels[0]
                let until = crowd.until.map { $0 + range.since } ?? range.until
                let numbers = [
                    ports, peak.number, waiting, peak.at + range.since,
                    crowd.from + range.since, until,
                ]
                return ends(key) + numbers.map { .integer($0) }
            })
    }
}
