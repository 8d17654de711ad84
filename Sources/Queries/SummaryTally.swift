import Model
import Store

/// What a range holds of connections: how many, how they ended, how exactly their changes are known.
struct SummaryTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.whole

    private let since: Int64
    private let until: Int64
    private var connections: Int64 = 0
    private var opened: Int64 = 0
    private var closed: Int64 = 0
    private var byLocal: Int64 = 0
    private var byPeer: Int64 = 0
    private var byUnknown: Int64 = 0
    /// Ends of attempts and connections, by `CloseKind`.
    private var kinds = InlineArray<16, Int64>(repeating: 0)
    private var stillOpen: Int64 = 0
    private var timeWaits: Int64 = 0
    private var noRoom: Int64 = 0
    private var edges = Edges()
    private var timeWaitEdges = Edges()

    /// Changes within the range by the midpoints of their bounds, and of them the exact ones.
    private struct Edges {
        var all: Int64 = 0
        var exact: Int64 = 0

        mutating func add(_ bounds: Bounds) {
            all += 1
            if bounds.earliest == bounds.latest { exact += 1 }
        }

        mutating func merge(_ other: Edges) {
            all += other.all
            exact += other.exact
        }
    }

    init(_ range: AxisRange) {
        since = range.since
        until = range.until
    }

    private func holds(_ bounds: Bounds) -> Bool {
        guard let point = bounds.point else { return false }
        return since <= point && point <= until
    }

    mutating func add(_ connection: ScannedConnection) {
        let opens = holds(connection.opened)
        let closes = holds(connection.closed)
        if opens { edges.add(connection.opened) }
        if closes { edges.add(connection.closed) }
        if connection.timeWaitEnd != nil { addTimeWait(connection) }
        let began = connection.attempted.earliest ?? connection.opened.earliest ?? since
        let ended = connection.closed.latest ?? connection.closed.earliest ?? until
        guard began <= until, ended >= since else { return }
        connections += 1
        if opens { opened += 1 }
        let hasOpened = connection.opened.latest != nil
        if hasOpened, connection.closed.latest == nil { stillOpen += 1 }
        guard closes else { return }
        kinds[Int(connection.closeKind.rawValue)] += 1
        guard hasOpened else { return }
        closed += 1
        switch connection.closedBy {
        case .local: byLocal += 1
        case .peer: byPeer += 1
        case .unknown: byUnknown += 1
        case .both: break
        }
    }

    private mutating func addTimeWait(_ connection: ScannedConnection) {
        let (entered, left) = (connection.timeWaitEntered, connection.timeWaitLeft)
        guard let latest = entered.latest else { return }
        let isRoom = connection.timeWaitEnd != .noRoom
        if isRoom {
            if holds(entered) { timeWaitEdges.add(entered) }
            if holds(left) { timeWaitEdges.add(left) }
        }
        guard entered.point ?? latest <= until,
            left.point ?? left.earliest ?? .max >= since
        else { return }
        if isRoom { timeWaits += 1 } else { noRoom += 1 }
    }

    mutating func merge(_ other: SummaryTally) {
        connections += other.connections
        opened += other.opened
        closed += other.closed
        byLocal += other.byLocal
        byPeer += other.byPeer
        byUnknown += other.byUnknown
        for kind in kinds.indices { kinds[kind] += other.kinds[kind] }
        stillOpen += other.stillOpen
        timeWaits += other.timeWaits
        noRoom += other.noRoom
        edges.merge(other.edges)
        timeWaitEdges.merge(other.timeWaitEdges)
    }

    /// The counts by the names that they are bound to.
    var cells: [String: Cell] {
        func ends(_ kind: CloseKind) -> Int64 { kinds[Int(kind.rawValue)] }
        let numbers = [
            "connections": connections, "opened": opened, "closed": closed, "by_local": byLocal,
            "by_peer": byPeer, "by_unknown": byUnknown, "reset": ends(.reset),
            "refused": ends(.refused), "timed_out": ends(.connectTimeout),
            "not_sent": ends(.notSent), "still_open": stillOpen, "time_waits": timeWaits,
            "no_room": noRoom, "edges": edges.all, "exact_edges": edges.exact,
            "time_wait_edges": timeWaitEdges.all, "time_wait_exact_edges": timeWaitEdges.exact,
        ]
        return numbers.mapValues { .integer($0) }
    }
}
