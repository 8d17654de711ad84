import Model
package import Store

/// What rules want to know of every connection, counted in one pass: by service and minute, by
/// destination, and of attempts that failed.
package struct ConnectionSurvey: ConnectionTally {
    package static let extent = ConnectionScan.Extent.whole

    /// A minute, µs.
    static let minute: Int64 = 60_000_000

    /// What one service ended in one minute.
    struct Ends: Sendable {
        var ended: Int64 = 0
        var resets: Int64 = 0
        var resetsByPeer: Int64 = 0
    }

    /// One service over the range.
    struct Service: Sendable {
        var ended: Int64 = 0
        var closedHere: Int64 = 0
        var waits: Int64 = 0
        var first = Int64.max
        var last = Int64.min
    }

    /// A client side towards one peer address.
    struct Destination: Sendable {
        /// Ports held within the range.
        var ports = PortBound()
        var ended: Int64 = 0
        var opened: Int64 = 0
        var short: Int64 = 0
        var first = Int64.max
        var last = Int64.min
    }

    /// A side and a row of `address`.
    struct Way: Hashable, Sendable {
        var side: Int64
        var peer: Int64
    }

    /// Attempts towards a target and a row of `address` that failed in one way in one minute.
    struct Failure: Hashable, Sendable {
        var target: Int
        var peer: Int64
        var how: CloseKind
        var minute: Int64
    }

    /// How many, the first and the last.
    struct Failures: Sendable {
        var number: Int64 = 0
        var first = Int64.max
        var last = Int64.min
    }

    let range: AxisRange
    let sides: Sidebook
    private let blocks: PortBound.Blocks
    /// A life up to so long is a short one, µs.
    private let short: Int64
    private(set) var services: [Service]
    /// By service and minute.
    private(set) var ends: [Int64: Ends] = [:]
    private(set) var destinations: [Way: Destination] = [:]
    private(set) var failures: [Failure: Failures] = [:]

    /// Counts nothing yet; a life of at most `short` seconds is a short one.
    package init(_ session: Session, _ range: AxisRange, short: Double) throws {
        self.range = range
        blocks = PortBound.Blocks(range)
        self.short = Int64(exactly: (short * 1e6).rounded()) ?? .max
        sides = try Sidebook(session)
        services = Array(repeating: Service(), count: sides.services)
    }

    private func holds(_ moment: Int64?) -> Int64? {
        moment.flatMap { range.since <= $0 && $0 <= range.until ? $0 : nil }
    }

    /// The key of a service's minute.
    static func key(_ service: Int, _ minute: Int64) -> Int64 { Int64(service) << 32 | minute }

    package mutating func add(_ connection: ScannedConnection) {
        let side = sides.entry(connection.side)
        guard side.service >= 0 else { return }
        let closed = holds(connection.closed.point)
        if let closed, connection.opened.latest != nil { addEnd(connection, side, closed) }
        if let end = connection.timeWaitEnd, end != .noRoom,
            let entered = holds(connection.timeWaitEntered.point)
        {
            services[side.service].waits += 1
            services[side.service].first = min(services[side.service].first, entered)
            services[side.service].last = max(services[side.service].last, entered)
        }
        if side.target >= 0 { addCall(connection, side, closed) }
    }

    private mutating func addEnd(
        _ connection: ScannedConnection, _ side: Sidebook.Entry, _ closed: Int64
    ) {
        let minute = (closed - range.since) / Self.minute
        let isReset = connection.closeKind == .reset
        let byPeer = isReset && connection.closedBy == .peer
        let key = Self.key(side.service, minute)
        ends[key, default: Ends()].ended += 1
        if isReset { ends[key, default: Ends()].resets += 1 }
        if byPeer { ends[key, default: Ends()].resetsByPeer += 1 }
        services[side.service].ended += 1
        if connection.closedBy == .local { services[side.service].closedHere += 1 }
        services[side.service].first = min(services[side.service].first, closed)
        services[side.service].last = max(services[side.service].last, closed)
    }

    private mutating func addCall(
        _ connection: ScannedConnection, _ side: Sidebook.Entry, _ closed: Int64?
    ) {
        let way = Way(side: connection.side, peer: connection.peerAddress)
        let opened = holds(connection.opened.point)
        let isShort =
            connection.closed.latest.flatMap { closed in
                connection.opened.earliest.map { closed - $0 <= short }
            } ?? false
        destinations[way, default: Destination()].add(
            isEnded: closed != nil, opened: opened, isShort: isShort,
            port: portHeld(connection), blocks)
        guard let closed, connection.closeKind.isFailure else { return }
        let failure = Failure(
            target: side.target, peer: connection.peerAddress, how: connection.closeKind,
            minute: (closed - range.since) / Self.minute)
        failures[failure, default: Failures()].add(closed)
    }

    /// From when to when it can have held its port at most; nil outside of the range.
    private func portHeld(_ connection: ScannedConnection) -> AxisRange? {
        let reach = connection.reach
        guard connection.localPort != 0, reach.since <= range.until, reach.until >= range.since
        else { return nil }
        return reach
    }

    package mutating func merge(_ other: ConnectionSurvey) {
        for index in services.indices { services[index].merge(other.services[index]) }
        for (key, value) in other.ends { ends[key, default: Ends()].merge(value) }
        for (way, value) in other.destinations {
            destinations[way, default: Destination()].merge(value)
        }
        for (key, value) in other.failures { failures[key, default: Failures()].merge(value) }
    }
}

extension CloseKind {
    /// Whether an attempt that ended so came to nothing.
    var isFailure: Bool {
        switch self {
        case .refused, .connectTimeout, .notSent, .unreachable: true
        default: false
        }
    }

    /// As the view `connections` spells a failure.
    var failureName: String {
        switch self {
        case .refused: "refused"
        case .connectTimeout: "connect_timeout"
        case .notSent: "not_sent"
        case .unreachable: "unreachable"
        default: "unknown"
        }
    }
}

// MARK: Parts put together

extension ConnectionSurvey.Ends {
    fileprivate mutating func merge(_ other: Self) {
        ended += other.ended
        resets += other.resets
        resetsByPeer += other.resetsByPeer
    }
}

extension ConnectionSurvey.Service {
    fileprivate mutating func merge(_ other: Self) {
        ended += other.ended
        closedHere += other.closedHere
        waits += other.waits
        first = min(first, other.first)
        last = max(last, other.last)
    }
}

extension ConnectionSurvey.Destination {
    fileprivate mutating func add(
        isEnded: Bool, opened moment: Int64?, isShort: Bool, port held: AxisRange?,
        _ blocks: PortBound.Blocks
    ) {
        if let held { ports.add(held, blocks) }
        if isEnded { ended += 1 }
        guard let moment else { return }
        opened += 1
        if isShort { short += 1 }
        first = min(first, moment)
        last = max(last, moment)
    }

    mutating func merge(_ other: Self) {
        ports.merge(other.ports)
        ended += other.ended
        opened += other.opened
        short += other.short
        first = min(first, other.first)
        last = max(last, other.last)
    }
}

extension ConnectionSurvey.Failures {
    fileprivate mutating func add(_ moment: Int64) {
        number += 1
        first = min(first, moment)
        last = max(last, moment)
    }

    mutating func merge(_ other: Self) {
        number += other.number
        first = min(first, other.first)
        last = max(last, other.last)
    }
}
