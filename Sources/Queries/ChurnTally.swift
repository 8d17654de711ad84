import Model
import Store

/// Openings, ends and failures of a range, a bucket of whole seconds each.
struct ChurnTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail
    private static let second: Int64 = 1_000_000
    /// Seconds in a page.
    private static let page = 4_096

    /// One bucket's numbers.
    private struct Bucket {
        var opened: Int64 = 0
        var closed: Int64 = 0
        var failed: Int64 = 0
        var reset: Int64 = 0
    }

    private let range: AxisRange
    private let length: Int64
    private let last: Int
    private let passing: Passing?
    private var buckets: [Bucket]
    /// Openings in each second of the range; a page without any is empty.
    private var seconds: [[Int32]]

    /// `seconds` is a bucket's length, `count` how many there are.
    init(
        _ range: AxisRange, seconds: Int64, count: Int64, passing: Passing?
    ) {
        self.passing = passing
        self.range = range
        length = seconds
        last = Int(count) - 1
        buckets = Array(repeating: Bucket(), count: Int(count))
        let pages = Int((range.until - range.since) / Self.second) / Self.page + 1
        self.seconds = Array(repeating: [], count: pages)
    }

    /// The second of the range in which a moment lies; nil outside.
    private func second(_ point: Int64?) -> Int? {
        guard let point, range.since <= point, point <= range.until else { return nil }
        return Int((point - range.since) / Self.second)
    }

    private func place(_ second: Int) -> Int { min(last, second / Int(length)) }

    mutating func add(_ connection: ScannedConnection) {
        guard passing.holds(connection) else { return }
        if let second = second(connection.opened.point) {
            buckets[place(second)].opened += 1
            let page = second / Self.page
            if seconds[page].isEmpty {
                seconds[page] = Array(repeating: 0, count: Self.page)
            }
            seconds[page][second % Self.page] += 1
        }
        guard let second = second(connection.closed.point) else { return }
        if connection.opened.latest == nil {
            buckets[place(second)].failed += 1
        } else {
            buckets[place(second)].closed += 1
            if connection.closeKind == .reset { buckets[place(second)].reset += 1 }
        }
    }

    mutating func merge(_ other: ChurnTally) {
        for (index, bucket) in other.buckets.enumerated() {
            buckets[index].opened += bucket.opened
            buckets[index].closed += bucket.closed
            buckets[index].failed += bucket.failed
            buckets[index].reset += bucket.reset
        }
        for (index, page) in other.seconds.enumerated() where !page.isEmpty {
            if seconds[index].isEmpty {
                seconds[index] = page
            } else {
                for second in page.indices { seconds[index][second] += page[second] }
            }
        }
    }

    /// Buckets in which anything happened, each its number, openings, ends, failures, resets and
    /// the most openings in one second.
    var cell: Cell {
        var peaks = Array(repeating: Int32(0), count: buckets.count)
        for (number, page) in seconds.enumerated() {
            for (second, opened) in page.enumerated() where opened > 0 {
                let place = place(number * Self.page + second)
                peaks[place] = max(peaks[place], opened)
            }
        }
        return GroupedRows.cell(
            buckets.enumerated().lazy.filter { $1.opened + $1.closed + $1.failed > 0 }
                .map { index, bucket in
                    [
                        Int64(index), bucket.opened, bucket.closed, bucket.failed, bucket.reset,
                        Int64(peaks[index]),
                    ]
                })
    }
}
