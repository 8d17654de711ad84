import GRDB

/// A row of `connections` with what `lifetimes` and `time_waits` add.
struct RecordedConnection: Decodable, FetchableRecord {
    static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

    let connectionId: Int64
    let recordingId: Int64
    let family: String
    let localAddress: String?
    let localPort: Int?
    let peerAddress: String?
    let peerPort: Int?
    let role: String
    let pid: Int64?
    let comm: String?
    let uid: Int64?
    let netns: Int64?
    let attemptedMinUs: Int64?
    let attemptedMaxUs: Int64?
    let bytesSent: Int64?
    let bytesReceived: Int64?
    let lifetimeS: Double?
    let state: String
    let openedMinUs: Int64?
    let openedMaxUs: Int64?
    let closedMinUs: Int64?
    let closedMaxUs: Int64?
    let closedBy: String
    let closeKind: String
    let censoring: String?
    let lifetimeMinS: Double?
    let lifetimeMaxS: Double?
    let enteredUs: Int64?
    let enteredMinUs: Int64?
    let enteredMaxUs: Int64?
    let leftMinUs: Int64?
    let leftMaxUs: Int64?
    let durationMinS: Double?
    let durationS: Double?
    let durationMaxS: Double?
    let endedBy: String?
    let timeWaitPid: Int64?

    /// Local address and port, peer address and port; what is unknown is empty.
    var tuple: String {
        "\(localAddress ?? "") \(localPort.map(String.init) ?? "") \(peer)"
    }
    /// Peer address and port.
    var peer: String { "\(peerAddress ?? "") \(peerPort.map(String.init) ?? "")" }
    /// What a test says of it when it fails.
    var summary: String { "\(tuple) \(state) opened \(opened) closed \(closed) left \(left)" }
    var attempted: Edge { Edge(attemptedMinUs, attemptedMaxUs) }
    var opened: Edge { Edge(openedMinUs, openedMaxUs) }
    var closed: Edge { Edge(closedMinUs, closedMaxUs) }
    var entered: Edge { Edge(enteredMinUs, enteredMaxUs) }
    var left: Edge { Edge(leftMinUs, leftMaxUs) }

    /// Every connection of the file.
    static func all(_ database: Database) throws -> [RecordedConnection] {
        try fetchAll(
            database,
            sql: """
                SELECT c.*, l.censoring, l.lifetime_s, l.lifetime_min_s, l.lifetime_max_s, t.entered_us,
                  t.entered_min_us, t.entered_max_us, t.left_min_us, t.left_max_us,
                  t.duration_min_s, t.duration_s, t.duration_max_s, t.ended_by,
                  t.pid AS time_wait_pid
                FROM connections AS c
                LEFT JOIN lifetimes AS l USING (connection_id)
                LEFT JOIN time_waits AS t USING (connection_id)
                ORDER BY c.connection_id
                """)
    }
}

/// The bounds of a change; a missing side is no bound.
struct Edge: CustomStringConvertible {
    let earliest: Int64?
    let latest: Int64?

    init(_ earliest: Int64?, _ latest: Int64?) {
        self.earliest = earliest
        self.latest = latest
    }

    /// Whether the change can have happened within the span.
    func meets(_ span: Span) -> Bool {
        (earliest ?? .min) <= span.upperBound && span.lowerBound <= (latest ?? .max)
    }

    /// Latest less earliest, µs; nil if either is missing.
    var width: Int64? {
        guard let earliest, let latest else { return nil }
        return latest - earliest
    }

    var description: String {
        "\(earliest.map(String.init) ?? "")…\(latest.map(String.init) ?? "")"
    }
}
