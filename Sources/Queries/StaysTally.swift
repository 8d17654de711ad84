import Model
import Store

/// Stays in some states of a close, gathered by state or by what names a group.
struct StaysTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.detail

    /// One group's stays.
    private struct Group {
        var entries: Int64 = 0
        var still: Int64 = 0
        var ended: Int64 = 0
        /// The longest that one has been there for sure, µs; of those that are there, and of all.
        var oldest: Int64?
        var longest: Int64?
        /// Those that ended, as likely, half microseconds.
        var lasted: [Int64] = []
        var sweep = Sweep()

        mutating func add(
            _ entered: Bounds, _ left: Bounds, began: Int64, finish: Int64, presence: Presence
        ) {
            let since = presence.range.since
            let isThere = finish > presence.range.until
            entries += 1
            sweep.add(from: max(began, since) - since, until: isThere ? nil : finish - since)
            let sure = (isThere ? presence.seen : left.earliest).flatMap { last in
                entered.latest.map { max(0, last - $0) }
            }
            if let sure { longest = max(longest ?? 0, sure) }
            guard !isThere else {
                still += 1
                if let sure { oldest = max(oldest ?? 0, sure) }
                return
            }
            guard let leftLatest = left.latest else { return }
            ended += 1
            guard let sure, let enteredEarliest = entered.earliest else { return }
            lasted.append(sure + leftLatest - enteredEarliest)
        }

        mutating func merge(_ other: Group) {
            entries += other.entries
            still += other.still
            ended += other.ended
            oldest = [oldest, other.oldest].compactMap { $0 }.max()
            longest = [longest, other.longest].compactMap { $0 }.max()
            lasted += other.lasted
            sweep.merge(other.sweep)
        }
    }

    private let presence: Presence
    /// nil gathers by state.
    private let book: GroupBook?
    private let wanted: [TCPState]
    private let isWanted: [Bool]
    private var groups: [Int64: Group] = [:]

    init(_ presence: Presence, states: [TCPState], book: GroupBook?) {
        self.presence = presence
        self.book = book
        wanted = states
        isWanted = (0..<256).map { number in states.contains { Int($0.rawValue) == number } }
    }

    mutating func add(_ connection: ScannedConnection) {
        guard let closing = connection.closing else { return }
        let isLocal = connection.closedBy == .local
        let began = Bounds(exactly: closing.began)
        let half = Bounds(exactly: closing.half)
        let waits = connection.timeWaitEnd != nil && connection.timeWaitEntered.latest != nil
        let end = waits ? connection.timeWaitEntered : connection.closed
        add(connection, isLocal ? .finWait1 : .closeWait, began, half)
        add(connection, isLocal ? .finWait2 : .lastAck, half, end)
    }

    /// Takes a stay that rows of `span` tell.
    mutating func add(_ stay: SpannedStays.Stay) {
        add(stay.connection, stay.state, stay.entered, stay.left)
    }

    private mutating func add(
        _ connection: ScannedConnection, _ state: TCPState, _ entered: Bounds, _ left: Bounds
    ) {
        guard isWanted[Int(state.rawValue)], let latest = entered.latest else { return }
        let began = entered.point ?? latest
        let finish = presence.finish(left, began: began)
        guard presence.holds(began: began, finish: finish) else { return }
        let key = book?.key(connection) ?? Int64(state.rawValue)
        // A method of this struct would copy every group, to be called while one is changed.
        groups[key, default: Group()].add(
            entered, left, began: began, finish: finish, presence: presence)
    }

    mutating func finish() {
        for key in groups.keys {
            groups[key]?.lasted.sort()
            groups[key]?.sweep.sort()
        }
    }

    mutating func merge(_ other: StaysTally) {
        for (key, group) in other.groups { groups[key, default: Group()].merge(group) }
    }

    /// The largest groups, each its key, its name and its numbers.
    mutating func cell(top: Int64?, slots: Int64) -> Cell {
        finish()
        let probes = presence.probes(slots)
        let swept = groups.map { key, group in
            (key: key, group: group, found: group.sweep.run(probes: probes))
        }
        let largest = GroupedRows.largest(swept, top: top) {
            $0.group.still << 31 + ($0.found.peak?.number ?? 0)
        }
        return GroupedRows.cell(largest.map { row($0.key, $0.group, $0.found) })
    }

    private func row(_ key: Int64, _ group: Group, _ found: Sweep.Result) -> [Cell] {
        let numbers = [
            group.still, group.oldest, found.peak?.number,
            found.peak.map { $0.at + presence.range.since }, group.ended,
            GroupedRows.quantile(group.lasted, 50), GroupedRows.quantile(group.lasted, 99),
            group.longest, group.entries,
        ]
        let label = book?.label(key) ?? .text(TCPState(rawValue: UInt8(clamping: key)).name)
        return [.integer(key), label] + numbers.map { Cell(number: $0) }
            + [GroupedRows.series(found.levels)]
    }
}
