import Model
import Store

/// Ports that clients of this host held toward each peer.
struct PortsTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

    /// Where a port can be taken once.
    private struct Key: Hashable {
        /// Of `ClientSides`.
        var place: Int32
        var peerPort: Int32
        /// 0 where it is not known.
        var peer: Int64
    }

    /// A port while one connection held it, in µs since the range began.
    private struct Stay {
        var port: Int64
        var from: Int64
        /// nil: beyond the range.
        var until: Int64?
        /// What held it at the end of the range, where it was held: TIME-WAIT, or a close.
        var isWaiting = false
        var isClosing = false
    }

    /// What goes there.
    private struct Group {
        var connections: Int64 = 0
        var waiting: Int64 = 0
        var closing: Int64 = 0
        var notSent: Int64 = 0
        var lastNotSent: Int64?
        var sweep = Sweep()

        mutating func add(_ stay: Stay) {
            connections += 1
            if stay.isWaiting { waiting += 1 }
            if stay.isClosing { closing += 1 }
            sweep.add(port: stay.port, from: stay.from, until: stay.until)
        }

        mutating func addNotSent(_ moment: Int64) {
            notSent += 1
            lastNotSent = max(lastNotSent ?? moment, moment)
        }

        mutating func merge(_ other: Group) {
            connections += other.connections
            waiting += other.waiting
            closing += other.closing
            notSent += other.notSent
            lastNotSent = [lastNotSent, other.lastNotSent].compactMap { $0 }.max()
            sweep.merge(other.sweep)
        }
    }

    /// What rows of `span` tell of steps of a close.
    struct Closing: Sendable {
        /// When FIN-WAIT-2, which may outlast the full socket, ended.
        var ends: [Int64: Int64] = [:]
        /// Connections that were closing at the end of the range.
        var there: Set<Int64> = []
    }

    private let presence: Presence
    private let book: GroupBook
    private let sides: ClientSides
    private let sets: PortSets
    private let closing: Closing
    private var groups: [Key: Group] = [:]

    /// `book` gathers by peer.
    init(
        _ presence: Presence, book: GroupBook, sides: ClientSides, sets: PortSets, closing: Closing
    ) {
        self.presence = presence
        self.book = book
        self.sides = sides
        self.sets = sets
        self.closing = closing
    }

    mutating func add(_ connection: ScannedConnection) {
        guard let place = sides.index(connection.side) else { return }
        let key = Key(
            place: place, peerPort: Int32(truncatingIfNeeded: connection.peerPort),
            peer: book.key(connection))
        guard connection.closeKind != .notSent else { return addNotSent(connection, key) }
        guard let stay = stay(connection, netns: sides.places[Int(place)].netns) else { return }
        groups[key, default: Group()].add(stay)
    }

    /// How long its port was held, within the range; nil where it was not, or is none of those
    /// that there are.
    private func stay(_ connection: ScannedConnection, netns: Int64) -> Stay? {
        let waits =
            connection.timeWaitEnd != nil && connection.timeWaitEnd != .noRoom
            && connection.timeWaitEntered.latest != nil
        let entered = waits ? connection.timeWaitEntered : .unknown
        guard connection.localPort > 0, sets.holds(connection.localPort, netns: netns),
            let began = began(connection, entered)
        else { return nil }
        var finish = presence.finish(
            waits ? connection.timeWaitLeft : connection.closed, began: began)
        if !waits, connection.hasSpans, let end = closing.ends[connection.id] {
            finish = max(finish, end)
        }
        guard presence.holds(began: began, finish: finish) else { return nil }
        let (since, until) = (presence.range.since, presence.range.until)
        var stay = Stay(port: connection.localPort, from: max(began, since) - since)
        guard finish > until else {
            stay.until = finish - since
            return stay
        }
        stay.isWaiting = entered.latest.map { (entered.point ?? $0) <= until } ?? false
        stay.isClosing =
            !stay.isWaiting
            && (connection.closing.map { $0.began <= until }
                ?? closing.there.contains(connection.id))
        return stay
    }

    /// When its port was taken, as far as known.
    private func began(_ connection: ScannedConnection, _ entered: Bounds) -> Int64? {
        connection.attempted.point ?? connection.attempted.latest ?? connection.opened.point
            ?? connection.opened.latest ?? entered.point ?? entered.latest
    }

    private mutating func addNotSent(_ connection: ScannedConnection, _ key: Key) {
        guard let moment = connection.closed.point ?? connection.closed.latest,
            presence.range.since <= moment, moment <= presence.range.until
        else { return }
        groups[key, default: Group()].addNotSent(moment)
    }

    mutating func finish() {
        for key in groups.keys { groups[key]?.sweep.sort() }
    }

    mutating func merge(_ other: PortsTally) {
        for (key, group) in other.groups { groups[key, default: Group()].merge(group) }
    }

    /// The fullest, each its ends and its numbers.
    mutating func cell(top: Int64?, slots: Int64) -> Cell {
        finish()
        let probes = presence.probes(slots)
        var held = [Int32](repeating: 0, count: 65_536)
        let swept = groups.map { key, group in
            (key: key, group: group, found: group.sweep.run(probes: probes, held: &held))
        }
        let largest = GroupedRows.largest(swept, top: top) { $0.found.peak?.number ?? 0 }
        return GroupedRows.cell(
            largest.enumerated().map { number, group in
                [.integer(Int64(number))] + row(group.key, group.group, group.found)
            })
    }

    private func row(_ key: Key, _ group: Group, _ found: Sweep.Result) -> [Cell] {
        let place = sides.places[Int(key.place)]
        let numbers = [
            found.peak == nil ? 0 : found.levels.last ?? 0, group.waiting, group.closing,
            found.peak?.number ?? 0, found.peak.map { $0.at + presence.range.since },
            group.notSent, group.lastNotSent, group.connections,
        ]
        return [
            Cell(number: place.netns == 0 ? nil : place.netns),
            place.address.map { .text($0) } ?? .null, Cell(number: key.peer),
            Cell(number: key.peerPort == 0 ? nil : Int64(key.peerPort)),
        ] + numbers.map { Cell(number: $0) } + [GroupedRows.series(found.levels)]
    }
}
