import Model
import Queries
import Rendering
import Statistics

/// Lifetimes gathered into groups, and estimated.
struct LifetimeTable {
    /// One group's lives: as likely, and as short and as long as their bounds allow.
    private struct Group {
        var likely: [ObservedLife] = []
        var shortest: [ObservedLife] = []
        var longest: [ObservedLife] = []
        var openBefore: Int64 = 0

        var count: Int64 { Int64(likely.count) + openBefore }
        var stillOpen: Int64 { Int64(likely.count { !$0.isEvent }) }
    }

    private static let shares: [(name: String, share: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99),
    ]

    private let grouping: Grouping?
    private var groups: [String: Group] = [:]

    init(by grouping: Grouping?) {
        self.grouping = grouping
        if grouping == nil { groups["all"] = Group() }
    }

    /// Takes a row of `LifetimesQuery`.
    mutating func add(_ row: [Cell]) {
        let name = row[0].text ?? "unknown"
        switch row[4].text {
        case "none":
            guard let likely = row[1].real, let shortest = row[2].real, let longest = row[3].real
            else { return }
            groups[name, default: Group()].likely.append(ObservedLife(exit: likely, isEvent: true))
            groups[name, default: Group()].shortest.append(
                ObservedLife(exit: shortest, isEvent: true))
            groups[name, default: Group()].longest.append(
                ObservedLife(exit: longest, isEvent: true))
        case "right":
            let life = ObservedLife(exit: row[2].real ?? 0, isEvent: false)
            groups[name, default: Group()].likely.append(life)
            groups[name, default: Group()].shortest.append(life)
            groups[name, default: Group()].longest.append(life)
        default: groups[name, default: Group()].openBefore += 1
        }
    }

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

    private func quantiles(_ name: String, _ group: Group) -> [[Cell]] {
        let likely = KaplanMeier(group.likely)
        let shortest = KaplanMeier(group.shortest)
        let longest = KaplanMeier(group.longest)
        return Self.shares.map { share in
            let estimate = likely.quantile(share.share)
            let seconds = [
                estimate.value, estimate.lower, estimate.upper,
                shortest.quantile(share.share).value, longest.quantile(share.share).value,
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
