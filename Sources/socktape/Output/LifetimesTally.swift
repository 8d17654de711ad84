import Model
import Queries
import Store

/// The lives that opened within a range, gathered into groups by what their sides tell; beside them
/// those of which the opening was not seen and the end is not before the range.
struct LifetimesTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.lives

    private let range: AxisRange
    /// By `side_id`.
    private let places: [Int]
    private let names: [String]
    private var groups: [LifeGroup]

    /// `sides` are rows of `SideGroupsQuery`.
    init(_ range: AxisRange, sides: [[Cell]]) {
        self.range = range
        var places: [Int] = []
        var names: [String] = []
        var known: [String: Int] = [:]
        for row in sides {
            guard let side = row[0].integer.map({ Int($0) }), side >= 0 else { continue }
            let name = row[1].text ?? "unknown"
            let place = known[name] ?? names.count
            if place == names.count {
                known[name] = place
                names.append(name)
            }
            while places.count <= side { places.append(0) }
            places[side] = place
        }
        self.places = places
        self.names = names
        groups = names.map { _ in LifeGroup() }
    }

    mutating func add(_ connection: ScannedConnection) {
        let side = Int(connection.side)
        guard places.indices.contains(side), let openedLatest = connection.opened.latest else {
            return
        }
        let place = places[side]
        let closed = connection.closed
        guard let openedEarliest = connection.opened.earliest, let opened = connection.opened.point
        else {
            if closed.point ?? range.until >= range.since { groups[place].addOpenBefore() }
            return
        }
        guard range.since <= opened, opened <= range.until else { return }
        let shortest = 2 * max(0, (closed.earliest ?? openedLatest) - openedLatest)
        guard let closedLatest = closed.latest else { return groups[place].add(lasting: shortest) }
        guard closed.earliest != nil else { return }
        let longest = 2 * (closedLatest - openedEarliest)
        groups[place].add(
            likely: (shortest + longest) / 2, shortest: shortest, longest: longest)
    }

    mutating func finish() {
        for place in groups.indices { groups[place].sort() }
    }

    mutating func merge(_ other: LifetimesTally) {
        for place in groups.indices { groups[place].merge(other.groups[place]) }
    }

    /// Each group by its name.
    var named: [String: LifeGroup] {
        var result: [String: LifeGroup] = [:]
        for (name, group) in zip(names, groups) where group.count > 0 { result[name] = group }
        return result
    }
}
