import Model
import Store

/// The most local ports that clients had in use at once toward one destination, TIME-WAIT included.
struct DestinationsTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

    /// One own address, one peer and one port of it: each needs a local port of its own.
    private struct Destination: Hashable {
        var origin: Int64
        var peer: Int64
    }

    /// Uses of its local ports.
    private struct Uses {
        var side: Int64
        var begins: [Int64] = []
        var ends: [Int64] = []
    }

    private let range: AxisRange
    private let sides: SideTable
    private var destinations: [Destination: Uses] = [:]

    init(_ range: AxisRange, sides: SideTable) {
        self.range = range
        self.sides = sides
    }

    mutating func add(_ connection: ScannedConnection) {
        let side = sides[connection.side]
        guard side.role == .client else { return }
        let begin =
            connection.attempted.point ?? connection.opened.point ?? connection.opened.latest
            ?? range.since
        let closed = connection.closed
        var end = closed.latest == nil ? nil : closed.point ?? closed.latest
        if let wait = connection.timeWaitEnd, wait != .noRoom {
            let left = connection.timeWaitLeft
            end = left.latest == nil ? nil : left.point ?? left.latest
        }
        guard begin <= range.until, end ?? .max >= range.since else { return }
        let key = Destination(origin: side.origin, peer: connection.peerAddress)
        destinations[key, default: Uses(side: connection.side)].begins.append(begin)
        destinations[key]?.ends.append(end ?? .max)
    }

    mutating func merge(_ other: DestinationsTally) {
        for (key, uses) in other.destinations {
            destinations[key, default: Uses(side: uses.side)].begins += uses.begins
            destinations[key]?.ends += uses.ends
        }
    }

    /// Each destination: one of its sides, its peer, ports in use at the end of the range, the most
    /// at once and when.
    var cell: Cell {
        GroupedRows.cell(
            destinations.lazy.map { key, uses in
                let most = Overlap.most(begins: uses.begins.sorted(), ends: uses.ends.sorted())
                let last = uses.ends.reduce(Int64(0)) { $0 + ($1 > range.until ? 1 : 0) }
                return [
                    uses.side, key.peer, last, most?.number,
                    most.map { max(range.since, $0.moment) },
                ]
            })
    }
}
