import Model
import Store

/// The connections that opened within a range, one after the other: each flow is one process's
/// connections to one peer and one port.
struct FlowTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

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
        /// Half microseconds; the largest number where it is open, -1 where it is not known.
        var length: Int64
        /// Where in `courses` its flow is.
        var flow: Int32
        /// Whether another one could have used it further, and its next second is in the range.
        var isReusable: Bool
    }

    /// What one flow carried, and how it ended.
    struct Course: Sendable {
        var flow: Flow
        var side: Int64
        var opened: Int64 = 0
        var byLocal: Int64 = 0
        var closed: Int64 = 0
        var sent: Int64 = 0
        var received: Int64 = 0
        /// How many of them told their payload, by direction.
        var sentKnown: Int64 = 0
        var receivedKnown: Int64 = 0

        mutating func merge(_ other: Course) {
            opened += other.opened
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
    private let passing: Passing?
    private var places: [Flow: Int32] = [:]
    private(set) var courses: [Course] = []
    /// In the order of ids, which is nearly that of time.
    private(set) var lives: [Life] = []

    /// `patience` is how long after an end a successor may begin, µs.
    init(
        _ range: AxisRange, patience: Int64, sides: SideTable, passing: Passing?
    ) {
        self.passing = passing
        self.range = range
        self.patience = patience
        self.sides = sides
    }

    mutating func add(_ connection: ScannedConnection) {
        guard let opened = connection.opened.point, range.since <= opened, opened <= range.until,
            let earliest = connection.opened.earliest, let latest = connection.opened.latest,
            passing.holds(connection)
        else { return }
        let closed = connection.closed
        var length = Int64.max
        if let end = closed.latest {
            length = closed.earliest.map { max(0, $0 - latest) + end - earliest } ?? -1
        }
        let end = closed.point
        let isWhole = connection.closeKind == .fin || connection.closeKind == .unknown
        let flow = Flow(service: sides[connection.side].service, peer: connection.peerAddress)
        let place = place(of: flow, side: connection.side)
        lives.append(
            Life(
                opened: opened, closed: end ?? .max, length: length, flow: place,
                isReusable: isWhole && (end.map { $0 + patience <= range.until } ?? false)))
        Self.count(connection, in: &courses[Int(place)])
    }

    private mutating func place(of flow: Flow, side: Int64) -> Int32 {
        if let place = places[flow] { return place }
        let place = Int32(courses.count)
        places[flow] = place
        courses.append(Course(flow: flow, side: side))
        return place
    }

    private static func count(_ connection: ScannedConnection, in course: inout Course) {
        course.opened += 1
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
        let moved = other.courses.map { place(of: $0.flow, side: $0.side) }
        for (place, course) in zip(moved, other.courses) { courses[Int(place)].merge(course) }
        lives.reserveCapacity(lives.count + other.lives.count)
        for var life in other.lives {
            life.flow = moved[Int(life.flow)]
            lives.append(life)
        }
    }
}
