import Model
import Store

/// Which connections are the longest open at the end of a range.
struct LongTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

    private struct Candidate: Sendable {
        var age: Int64
        var id: Int64
    }

    private let range: AxisRange
    private let top: Int64?
    private let silentOnly: Bool
    private let passing: Passing?
    private var candidates: [Candidate] = []

    init(
        _ range: AxisRange, top: Int64?, silentOnly: Bool, passing: Passing?
    ) {
        self.passing = passing
        self.range = range
        self.top = top
        self.silentOnly = silentOnly
    }

    mutating func add(_ connection: ScannedConnection) {
        let closed = connection.closed
        guard let opened = connection.opened.latest, opened <= range.until else { return }
        let reckoned: Int64
        if closed.latest == nil {
            guard let seen = closed.earliest, seen >= range.since else { return }
            reckoned = min(range.until, seen)
        } else {
            guard let point = closed.point, point > range.until else { return }
            reckoned = range.until
        }
        if silentOnly {
            guard connection.bytesSent == 0, connection.bytesReceived == 0 else { return }
        }
        guard passing.holds(connection) else { return }
        candidates.append(Candidate(age: max(0, reckoned - opened), id: connection.id))
        if let top, candidates.count > 4 * Int(top) + 65_536 { shorten() }
    }

    private mutating func shorten() {
        guard let top, candidates.count > Int(top) else { return }
        candidates.sort { ($1.age, $0.id) < ($0.age, $1.id) }
        candidates.removeLast(candidates.count - Int(top))
    }

    mutating func finish() { shorten() }

    mutating func merge(_ other: LongTally) {
        candidates += other.candidates
        shorten()
    }

    /// The ids of the longest, as a JSON array.
    var cell: Cell {
        .text("[" + candidates.map { String($0.id) }.joined(separator: ",") + "]")
    }
}
