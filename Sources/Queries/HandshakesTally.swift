import Model
import Store

/// Handshakes that ended within a range, or were still waiting at its end.
struct HandshakesTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

    /// What became of a handshake.
    fileprivate enum Outcome: Int {
        case opened, refused, timedOut, unreachable, notSent, gaveUp, unknown, waiting

        init(_ kind: CloseKind) {
            switch kind {
            case .refused: self = .refused
            case .connectTimeout: self = .timedOut
            case .unreachable: self = .unreachable
            case .notSent: self = .notSent
            case .aborted: self = .gaveUp
            default: self = .unknown
            }
        }
    }

    /// One group's handshakes.
    fileprivate struct Group {
        /// By `Outcome`.
        var outcomes = InlineArray<8, Int64>(repeating: 0)
        var attempts: Int64 = 0
        var slow: Int64 = 0
        var vague: Int64 = 0
        /// The longest that one took for sure, however it ended, µs.
        var longest: Int64?
        /// Of those that opened, as likely, half microseconds.
        var lasted: [Int64] = []

        mutating func merge(_ other: Group) {
            for outcome in outcomes.indices { outcomes[outcome] += other.outcomes[outcome] }
            attempts += other.attempts
            slow += other.slow
            vague += other.vague
            longest = [longest, other.longest].compactMap { $0 }.max()
            lasted += other.lasted
        }
    }

    private let range: AxisRange
    private let buckets: Buckets
    private let book: GroupBook
    private var groups: [Buckets.Key: Group] = [:]

    init(_ range: AxisRange, buckets: Buckets, book: GroupBook) {
        self.range = range
        self.buckets = buckets
        self.book = book
    }

    mutating func add(_ connection: ScannedConnection) {
        let (attempted, opened, closed) =
            (connection.attempted, connection.opened, connection.closed)
        let isOpened = opened.latest != nil
        let moment = isOpened ? opened.point : closed.point ?? closed.latest ?? closed.earliest
        guard let moment, moment >= range.since,
            attempted.point ?? attempted.latest ?? moment <= range.until
        else { return }
        let isOver = moment <= range.until
        let outcome: Outcome =
            !isOver || !isOpened && closed.latest == nil
            ? .waiting : isOpened ? .opened : Outcome(connection.closeKind)
        let key = Buckets.Key(
            bucket: buckets.index(min(moment, range.until)), group: book.key(connection))
        let last = !isOver ? range.until : isOpened ? opened.earliest : closed.earliest
        let sure = last.flatMap { last in attempted.latest.map { max(0, last - $0) } }
        let most =
            outcome == .opened
            ? attempted.earliest.flatMap { first in opened.latest.map { $0 - first } } : nil
        groups[key, default: Group()].add(outcome, sure: sure, most: most)
    }

    mutating func finish() {
        for key in groups.keys { groups[key]?.lasted.sort() }
    }

    mutating func merge(_ other: HandshakesTally) {
        for (key, group) in other.groups { groups[key, default: Group()].merge(group) }
    }

    /// The largest groups of each part, each its keys, its name and its numbers.
    mutating func cell(top: Int64?) -> Cell {
        finish()
        let largest = Buckets.largest(groups, top: top) { $0.attempts }
        return GroupedRows.cell(
            largest.map { key, group in
                let numbers =
                    [group.attempts] + group.outcomes.indices.map { group.outcomes[$0] } + [
                        group.slow, GroupedRows.quantile(group.lasted, 50),
                        GroupedRows.quantile(group.lasted, 99), group.longest, group.vague,
                    ]
                return [.integer(key.bucket), .integer(key.group), book.label(key.group)]
                    + numbers.map { Cell(number: $0) }
            })
    }
}

extension HandshakesTally.Group {
    /// A second: only a segment that was sent again makes a handshake on a usable path so long.
    private static let slow: Int64 = 1_000_000

    fileprivate mutating func add(
        _ outcome: HandshakesTally.Outcome, sure: Int64?, most: Int64?
    ) {
        attempts += 1
        outcomes[outcome.rawValue] += 1
        if let sure { longest = max(longest ?? 0, sure) }
        guard outcome == .opened, let sure else { return }
        if sure >= Self.slow { slow += 1 }
        guard let most else { return }
        lasted.append(sure + most)
        // Its bounds lie further apart than half of what it is told to have taken.
        if 4 * (most - sure) > sure + most { vague += 1 }
    }
}
