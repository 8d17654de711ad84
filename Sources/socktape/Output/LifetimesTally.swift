import Model
import Queries
import Statistics
import Store

/// The lives of a range, gathered into groups.
struct LifetimesTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.lives

    private let window: LifeWindow
    private let key: LifeKey
    private let chance: DetectionChance?
    /// Where each group stands, by its number; small numbers without a look-up.
    private var places: [Int64: Int] = [:]
    private var few: [Int]
    private var groups: [(number: Int64, group: LifeGroup)] = []

    /// With a chance each life is weighted by it as well.
    init(_ window: LifeWindow, by key: LifeKey, chance: DetectionChance? = nil) {
        self.window = window
        self.key = key
        self.chance = chance
        few = Array(repeating: -1, count: 256)
    }

    mutating func add(_ connection: ScannedConnection) {
        let place = window.place(opened: connection.opened, closed: connection.closed)
        if case .outside = place { return }
        let index = index(key.number(connection))
        guard let chance else { return groups[index].group.add(place) }
        let waits = connection.timeWaitEnd.map { $0 != .noRoom } ?? false
        groups[index].group.add(
            place,
            weight: chance.weight(
                opened: connection.opened, closed: connection.closed, leavesTimeWait: waits))
    }

    private mutating func index(_ number: Int64) -> Int {
        let isSmall = 0 <= number && number < Int64(few.count)
        let known = isSmall ? few[Int(number)] : places[number] ?? -1
        guard known < 0 else { return known }
        groups.append((number, LifeGroup()))
        if isSmall {
            few[Int(number)] = groups.count - 1
        } else {
            places[number] = groups.count - 1
        }
        return groups.count - 1
    }

    mutating func finish() {
        for index in groups.indices { groups[index].group.sort() }
    }

    mutating func merge(_ other: LifetimesTally) {
        for (number, group) in other.groups { groups[index(number)].group.merge(group) }
    }

    /// Each group by its name; `peers` are names by the number of an address.
    func named(peers: [Int64: String]) -> [String: LifeGroup] {
        var result: [String: LifeGroup] = [:]
        for (number, group) in groups where !group.isEmpty {
            result[key.name(number, peers: peers), default: LifeGroup()].merge(group)
        }
        return result
    }
}

/// The same where more than when it lived must be known of each connection.
struct NamedLifetimesTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.ends

    /// What counts.
    var tally: LifetimesTally

    mutating func add(_ connection: ScannedConnection) { tally.add(connection) }
    mutating func finish() { tally.finish() }
    mutating func merge(_ other: NamedLifetimesTally) { tally.merge(other.tally) }
}
