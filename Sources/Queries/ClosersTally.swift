import Model
import Store

/// Who closed the connections first that ended within a range, and how.
struct ClosersTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

    /// One group's ends.
    private struct Group {
        var closed: Int64 = 0
        /// By `Closer`.
        var closers = InlineArray<4, Int64>(repeating: 0)
        /// By `CloseKind`.
        var kinds = InlineArray<16, Int64>(repeating: 0)

        mutating func merge(_ other: Group) {
            closed += other.closed
            for closer in closers.indices { closers[closer] += other.closers[closer] }
            for kind in kinds.indices { kinds[kind] += other.kinds[kind] }
        }

        /// In the order of the answer's columns.
        var numbers: [Int64] {
            func ends(_ kind: CloseKind) -> Int64 { kinds[Int(kind.rawValue)] }
            let told = [ends(.fin), ends(.reset), ends(.timeout), ends(.aborted)]
            return [
                closed, closers[Int(Closer.local.rawValue)], closers[Int(Closer.peer.rawValue)],
                closers[Int(Closer.both.rawValue)], closers[Int(Closer.unknown.rawValue)],
            ] + told + [closed - told.reduce(0, +)]
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
        guard connection.opened.latest != nil, let moment = connection.closed.point,
            range.since <= moment, moment <= range.until
        else { return }
        let key = Buckets.Key(bucket: buckets.index(moment), group: book.key(connection))
        groups[key, default: Group()].closed += 1
        groups[key]?.closers[Int(connection.closedBy.rawValue)] += 1
        groups[key]?.kinds[Int(connection.closeKind.rawValue)] += 1
    }

    mutating func merge(_ other: ClosersTally) {
        for (key, group) in other.groups { groups[key, default: Group()].merge(group) }
    }

    /// The largest groups of each part, each its keys, its name and its numbers.
    func cell(top: Int64?) -> Cell {
        let largest = Buckets.largest(groups, top: top) { $0.closed }
        return GroupedRows.cell(
            largest.map { key, group in
                [.integer(key.bucket), .integer(key.group), book.label(key.group)]
                    + group.numbers.map { .integer($0) }
            })
    }
}
