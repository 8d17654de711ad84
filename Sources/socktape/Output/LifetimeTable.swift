import Model
import Queries
import Rendering
import Statistics

/// Lifetimes gathered into groups, and estimated.
struct LifetimeTable {
    private static let shares: [(name: String, share: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99),
    ]

    private let grouping: Grouping?
    private var groups: [String: LifeGroup] = [:]

    init(by grouping: Grouping?) {
        self.grouping = grouping
        if grouping == nil { groups["all"] = LifeGroup() }
    }

    /// Takes what was counted over all connections.
    mutating func add(_ tally: LifetimesTally) {
        groups.merge(tally.named) { $1 }
    }

    /// Takes a row of `LifetimesQuery`.
    mutating func add(_ row: [Cell]) {
        let name = row[0].text ?? "unknown"
        switch row[4].text {
        case "none":
            guard let likely = row[1].real, let shortest = row[2].real, let longest = row[3].real
            else { return }
            groups[name, default: LifeGroup()].add(
                likely: Self.halves(likely), shortest: Self.halves(shortest),
                longest: Self.halves(longest))
        case "right":
            groups[name, default: LifeGroup()].add(lasting: Self.halves(row[2].real ?? 0))
        default: groups[name, default: LifeGroup()].addOpenBefore()
        }
    }

    /// Seconds as half microseconds, which they are multiples of.
    private static func halves(_ seconds: Double) -> Int64 { Int64((seconds * 2e6).rounded()) }

    /// Four rows a group, the largest group first.
    func cursor(top: Int64?) -> ArrayCursor {
        let sorted = groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let rows = sorted.prefix(top.map { Int(clamping: $0) } ?? .max)
            .flatMap { quantiles($0.key, $0.value) }
        return ArrayCursor(columns: columns, rows: rows)
    }

    private var columns: [Column] {
        (grouping.map { [Column($0.column, title: $0.rawValue)] } ?? []) + [
            Column("share"), Column("lifetime_s", title: "lifetime", kind: .seconds),
            Column("low_s", title: "95 % from", kind: .seconds),
            Column("high_s", title: "to", kind: .seconds),
            Column("shortest_s", title: "at least", kind: .seconds),
            Column("longest_s", title: "at most", kind: .seconds),
            Column("connections", title: "of", kind: .number),
            Column("still_open", title: "open", kind: .number),
            Column("open_before", title: "before", kind: .number),
        ]
    }

    private func quantiles(_ name: String, _ group: LifeGroup) -> [[Cell]] {
        let estimates = group.quantiles(Self.shares.map(\.share))
        return Self.shares.enumerated().map { index, share in
            let likely = estimates.likely[index]
            let seconds = [
                likely.value, likely.lower, likely.upper, estimates.shortest[index].value,
                estimates.longest[index].value,
            ]
            return (grouping == nil ? [] : [.text(name)]) + [.text(share.name)]
                + seconds.map { $0.map { .real($0) } ?? .null }
                + [.integer(group.count), .integer(group.stillOpen), .integer(group.openBefore)]
        }
    }

    /// How the figures are to be read.
    var sentences: [String] {
        let open = groups.values.reduce(0) { $0 + $1.stillOpen }
        let before = groups.values.reduce(0) { $0 + $1.openBefore }
        var sentences: [String] = []
        if open > 0 {
            sentences.append(
                "\(HumanText.number(open)) still open at the end count as living at least so "
                    + "long; - is beyond what was seen")
        }
        if before > 0 {
            sentences.append(
                "\(HumanText.number(before)) open before the recording are left out: their age "
                    + "is not known")
        }
        return sentences
    }
}
