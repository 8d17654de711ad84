import Model
import Store

/// What went on within a range, gathered by process, peer or peer's port.
struct TrafficTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

    /// By what connections are gathered.
    enum Key: Sendable {
        case process, peer, peerPort
    }

    /// One group's connections.
    private struct Group {
        var connections: Int64 = 0
        var asClient: Int64 = 0
        var asServer: Int64 = 0
        var opened: Int64 = 0
        var failed: Int64 = 0
        var closed: Int64 = 0
        var reset: Int64 = 0
        var stillOpen: Int64 = 0
        var timeWaits: Int64 = 0
        var sent: Int64?
        var received: Int64?

        mutating func merge(_ other: Group) {
            connections += other.connections
            asClient += other.asClient
            asServer += other.asServer
            opened += other.opened
            failed += other.failed
            closed += other.closed
            reset += other.reset
            stillOpen += other.stillOpen
            timeWaits += other.timeWaits
            add(sent: other.sent, received: other.received)
        }

        mutating func add(sent: Int64?, received: Int64?) {
            if let sent { self.sent = (self.sent ?? 0) + sent }
            if let received { self.received = (self.received ?? 0) + received }
        }
    }

    private let range: AxisRange
    private let key: Key
    private let sides: SideTable
    /// Where in `groups` each key is.
    private var places: [Int64: Int32] = [:]
    private var keys: [Int64] = []
    private var groups: [Group] = []
    /// Lives in half microseconds, the largest number for those that are still open, each with its
    /// group: two long arrays, where an array a group would be thousands of short ones.
    private var lives: [Int64] = []
    private var owners: [Int32] = []

    init(_ range: AxisRange, by key: Key, sides: SideTable) {
        self.range = range
        self.key = key
        self.sides = sides
    }

    private static func holds(_ point: Int64?, _ range: AxisRange) -> Bool {
        point.map { range.since <= $0 && $0 <= range.until } ?? false
    }

    mutating func add(_ connection: ScannedConnection) {
        let (opened, closed) = (connection.opened, connection.closed)
        let began = connection.attempted.earliest ?? opened.earliest ?? range.since
        let ended = closed.latest ?? closed.earliest ?? range.until
        guard began <= range.until, ended >= range.since else { return }
        let side = sides[connection.side]
        let place = place(of: key(connection, side))
        // A method of the tally would keep it for the call, and all its groups were copied.
        Self.count(connection, as: side.role, within: range, in: &groups[Int(place)])
        guard let life = life(connection) else { return }
        lives.append(life)
        owners.append(place)
    }

    private mutating func place(of key: Int64) -> Int32 {
        if let place = places[key] { return place }
        let place = Int32(groups.count)
        places[key] = place
        keys.append(key)
        groups.append(Group())
        return place
    }

    /// Of what opened within the range; nil where it is not known.
    private func life(_ connection: ScannedConnection) -> Int64? {
        let (opened, closed) = (connection.opened, connection.closed)
        guard Self.holds(opened.point, range), let earliest = opened.earliest,
            let latest = opened.latest
        else { return nil }
        guard let end = closed.latest else { return .max }
        return closed.earliest.map { max(0, $0 - latest) + end - earliest }
    }

    private func key(_ connection: ScannedConnection, _ side: SideTable.Side) -> Int64 {
        switch key {
        case .process: side.process
        case .peer: connection.peerAddress
        case .peerPort: connection.peerPort
        }
    }

    private static func count(
        _ connection: ScannedConnection, as role: Role, within range: AxisRange,
        in group: inout Group
    ) {
        let (opened, closed) = (connection.opened, connection.closed)
        group.connections += 1
        if role == .client { group.asClient += 1 }
        if role == .server { group.asServer += 1 }
        group.add(sent: connection.bytesSent, received: connection.bytesReceived)
        if connection.timeWaitEnd.map({ $0 != .noRoom }) ?? false,
            holds(connection.timeWaitEntered.point, range)
        {
            group.timeWaits += 1
        }
        guard let openedLatest = opened.latest else {
            if holds(closed.point, range) { group.failed += 1 }
            return
        }
        if holds(closed.point, range) {
            group.closed += 1
            if connection.closeKind == .reset { group.reset += 1 }
        }
        if openedLatest <= range.until,
            closed.latest == nil || closed.point.map({ $0 > range.until }) ?? false
        {
            group.stillOpen += 1
        }
        if holds(opened.point, range) { group.opened += 1 }
    }

    mutating func merge(_ other: TrafficTally) {
        let moved = other.keys.map { place(of: $0) }
        for (place, group) in zip(moved, other.groups) { groups[Int(place)].merge(group) }
        lives += other.lives
        owners += other.owners.map { moved[Int($0)] }
    }

    /// The largest groups, each its key and its numbers.
    func cell(top: Int64?) -> Cell {
        let largest = GroupedRows.largest(Array(groups.indices), top: top) {
            groups[$0].connections
        }
        var wanted = Array(repeating: -1, count: groups.count)
        for (index, place) in largest.enumerated() { wanted[place] = index }
        var samples: [[Int64]] = Array(repeating: [], count: largest.count)
        for (life, owner) in zip(lives, owners) where wanted[Int(owner)] >= 0 {
            samples[wanted[Int(owner)]].append(life)
        }
        return GroupedRows.cell(
            zip(largest, samples).lazy.map { place, lives in
                let group = groups[place]
                return [
                    keys[place], group.connections, group.asClient, group.asServer, group.opened,
                    group.failed, group.closed, group.reset, group.stillOpen, group.timeWaits,
                    group.sent, group.received, GroupedRows.median(lives),
                ]
            })
    }
}
