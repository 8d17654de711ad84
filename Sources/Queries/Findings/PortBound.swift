/// How many ports one destination can have held at once at most: by the minute, and only once there
/// were enough of them to matter.
struct PortBound: Sendable {
    /// So many are counted without their times.
    private static let untimed: Int64 = 1024

    /// The range in equal parts of a minute, or longer ones where it is long.
    struct Blocks: Sendable {
        private static let most: Int64 = 1440

        let since: Int64
        let length: Int64
        let count: Int

        init(_ range: AxisRange) {
            since = range.since
            let whole = max(0, range.until - range.since) + 1
            length = max(60_000_000, (whole + Self.most - 1) / Self.most)
            count = Int((whole + length - 1) / length)
        }

        /// The block of a moment; the first or last one where it lies outside.
        func index(of moment: Int64) -> Int {
            max(0, min(count - 1, Int((max(moment, since) - since) / length)))
        }
    }

    /// How many held a port at any time.
    private(set) var lives: Int64 = 0
    private var early: Int64 = 0
    /// The change from one block to the next of those that reach into it.
    private var changes: [Int32] = []

    /// Takes a port that was held for so long.
    mutating func add(_ held: AxisRange, _ blocks: Blocks) {
        lives += 1
        guard lives > Self.untimed else { return early += 1 }
        if changes.isEmpty { changes = [Int32](repeating: 0, count: blocks.count + 1) }
        changes[blocks.index(of: held.since)] += 1
        changes[blocks.index(of: held.until) + 1] -= 1
    }

    /// Takes what was counted elsewhere.
    mutating func merge(_ other: PortBound) {
        lives += other.lives
        early += other.early
        guard !other.changes.isEmpty else { return }
        guard !changes.isEmpty else { return changes = other.changes }
        for index in changes.indices { changes[index] += other.changes[index] }
    }

    /// Never less than were held at once.
    var most: Int64 {
        var (now, most): (Int64, Int64) = (0, 0)
        for change in changes {
            now += Int64(change)
            most = max(most, now)
        }
        return early + most
    }
}
