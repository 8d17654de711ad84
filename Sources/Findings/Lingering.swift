/// Connections of one process that stay in one state for longer than they should.
package struct Lingering: Sendable {
    package var process: String?
    package var pid: Int64?
    package var namespace: String?
    /// Stays that lasted at least so long, in all and at the range's end.
    package var stays: Int64
    package var still: Int64
    /// The longest stay, at least, s.
    package var oldest: Double
    /// How many of them there were at the range's quarters, both ends among them.
    package var course: [Int64]
    package var from: Int64?
    package var until: Int64?

    init?(_ row: SeenRow) {
        guard let stays = row.integer("stays"), let still = row.integer("still_there"),
            let oldest = row.real("oldest_s")
        else { return nil }
        process = row.text("process")
        pid = row.integer("pid")
        namespace = row.text("namespace")
        self.stays = stays
        self.still = still
        self.oldest = oldest
        course = (0...4).compactMap { row.integer("at_\($0)") }
        from = row.integer("from_us")
        until = row.integer("until_us")
    }

    package init(
        process: String?, pid: Int64?, namespace: String? = nil, stays: Int64, still: Int64,
        oldest: Double, course: [Int64], from: Int64?, until: Int64?
    ) {
        self.process = process
        self.pid = pid
        self.namespace = namespace
        self.stays = stays
        self.still = still
        self.oldest = oldest
        self.course = course
        self.from = from
        self.until = until
    }

    /// Whether there were ever more, to the end.
    var grows: Bool {
        guard let first = course.first, let last = course.last, last > first else { return false }
        return zip(course, course.dropFirst()).allSatisfy { $0 <= $1 }
    }

    var evidence: [Evidence] {
        [
            Evidence("stays", .count(stays)), Evidence("still_there", .count(still)),
            Evidence("oldest_s", .seconds(oldest)),
        ] + course.enumerated().map { Evidence("at_\($0)", .count($1)) }
    }

    /// `nginx (pid 100)`.
    var owner: String {
        Peer.owner(process) + (pid.map { " (pid \($0))" } ?? "") + Peer.place(namespace)
    }
}
