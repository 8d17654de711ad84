import Model
import Store

/// Stays in TIME_WAIT within a range, gathered by what a connection's row tells of its group.
struct TimeWaitTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.whole

    /// One group's stays; times in half microseconds.
    private struct Group {
        var entries: Int64 = 0
        var shortest: Int64?
        var total: Int64 = 0
        var number: Int64 = 0
        var longest: Int64?
        /// By `TimeWaitEnd`.
        var ends = InlineArray<6, Int64>(repeating: 0)

        mutating func add(_ connection: ScannedConnection, _ end: TimeWaitEnd) {
            ends[Int(end.rawValue)] += 1
            guard end != .noRoom else { return }
            entries += 1
            let (entered, left) = (connection.timeWaitEntered, connection.timeWaitLeft)
            let least = left.earliest.flatMap { left in
                entered.latest.map { 2 * max(0, left - $0) }
            }
            let most = left.latest.flatMap { left in entered.earliest.map { 2 * (left - $0) } }
            if let least { shortest = min(shortest ?? least, least) }
            if let most { longest = max(longest ?? most, most) }
            guard let least, let most else { return }
            total &+= (least + most) / 2
            number += 1
        }

        mutating func merge(_ other: Group) {
            entries += other.entries
            total &+= other.total
            number += other.number
            shortest = [shortest, other.shortest].compactMap { $0 }.min()
            longest = [longest, other.longest].compactMap { $0 }.max()
            for end in ends.indices { ends[end] += other.ends[end] }
        }

        /// Its numbers as JSON, behind the group's key.
        func json(_ key: Int64) -> String {
            let numbers: [Int64?] = [key, entries, shortest, total, number, longest]
            let ends = self.ends.indices.map { String(self.ends[$0]) }
            return "["
                + (numbers.map { $0.map(String.init) ?? "null" } + ends)
                .joined(separator: ",") + "]"
        }
    }

    private let range: AxisRange
    private let grouping: Grouping
    private var groups: [Int64: Group] = [:]

    init(_ range: AxisRange, by grouping: Grouping) {
        self.range = range
        self.grouping = grouping
    }

    mutating func add(_ connection: ScannedConnection) {
        guard let end = connection.timeWaitEnd,
            let latest = connection.timeWaitEntered.latest,
            connection.timeWaitEntered.point ?? latest <= range.until
        else { return }
        let left = connection.timeWaitLeft
        guard left.point ?? left.earliest ?? .max >= range.since else { return }
        groups[key(connection), default: Group()].add(connection, end)
    }

    private func key(_ connection: ScannedConnection) -> Int64 {
        switch grouping {
        case .process, .role, .closer: connection.side
        case .peer: connection.peerAddress
        case .port: connection.localPort
        case .peerPort: connection.peerPort
        }
    }

    mutating func merge(_ other: TimeWaitTally) {
        for (key, group) in other.groups { groups[key, default: Group()].merge(group) }
    }

    /// All groups as a JSON array of arrays.
    var cell: Cell {
        .text("[" + groups.map { $1.json($0) }.joined(separator: ",") + "]")
    }
}
