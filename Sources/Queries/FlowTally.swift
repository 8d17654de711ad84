import Model
import Store

/// The connections that opened within a range, one after the other: each flow is one process's
/// connections to one peer and one port.
struct FlowTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.traffic

    /// What one flow is.
    struct Flow: Hashable, Sendable {
        var service: Int64
        var peer: Int64
    }

    /// A connection's part of its flow.
    struct Life: Sendable {
        var opened: Int64
        /// The largest number where it has not ended, or not known when.
        var closed: Int64
        /// Half microseconds; nil where it is not known, the largest number where it is open.
        var length: Int64?
        /// Whether another one could have used it further, and its next second is in the range.
        var isReusable: Bool
    }

    /// One flow's connections.
    struct Course: Sendable {
        var side: Int64
        var lives: [Life] = []
        var byLocal: Int64 = 0
        var closed: Int64 = 0
        var sent: Int64 = 0
        var received: Int64 = 0
        /// How many of them told their payload, by direction.
        var sentKnown: Int64 = 0
        var receivedKnown: Int64 = 0

        mutating func merge(_ other: Course) {
            lives += other.lives
            byLocal += other.byLocal
            closed += other.closed
            sent += other.sent
            received += other.received
            sentKnown += other.sentKnown
            receivedKnown += other.receivedKnown
        }
    }

    private let range: AxisRange
    private let patience: Int64
    private let sides: SideTable
    private(set) var flows: [Flow: Course] = [:]

    /// `patience` is how long after an end a successor may begin, µs.
    init(_ range: AxisRange, patience: Int64, sides: SideTable) {
        self.range = range
        self.patience = patience
        self.sides = sides
    }

    mutating func add(_ connection: ScannedConnection) {
        guard let opened = connection.opened.point, range.since <= opened, opened <= range.until,
            let earliest = connection.opened.earliest, let latest = connection.opened.latest
        else { return }
        let closed = connection.closed
        var length: Int64?
        if let end = closed.latest {
            length = closed.earliest.map { max(0, $0 - latest) + end - earliest }
        } else {
            length = .max
        }
        let end = closed.point
        let isWhole = connection.closeKind == .fin || connection.closeKind == .unknown
        let life = Life(
            opened: opened, closed: end ?? .max, length: length,
            isReusable: isWhole && (end.map { $0 + patience <= range.until } ?? false))
        let flow = Flow(service: sides[connection.side].service, peer: connection.peerAddress)
        Self.add(
            life, connection, to: &flows[flow, default: Course(side: connection.side)])
    }

    private static func add(
        _ life: Life, _ connection: ScannedConnection, to course: inout Course
    ) {
        course.lives.append(life)
        if connection.closed.point != nil {
            course.closed += 1
            if connection.closedBy == .local { course.byLocal += 1 }
        }
        if let sent = connection.bytesSent {
            course.sent += sent
            course.sentKnown += 1
        }
        if let received = connection.bytesReceived {
            course.received += received
            course.receivedKnown += 1
        }
    }

    mutating func merge(_ other: FlowTally) {
        for (flow, course) in other.flows {
            flows[flow, default: Course(side: course.side)].merge(course)
        }
    }
}
