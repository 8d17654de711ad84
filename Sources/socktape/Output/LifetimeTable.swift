import Model
import Queries
import Rendering
import Statistics

/// Lifetimes gathered into groups, and estimated.
struct LifetimeTable {
    private static let shares: [(name: String, share: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99),
    ]

    let grouping: Grouping?
    let window: LifeWindow
    /// How dumps meet lives, where what they missed is to be estimated.
    let chance: DetectionChance?
    private var groups: [String: LifeGroup] = [:]

    init(by grouping: Grouping?, in window: LifeWindow, chance: DetectionChance? = nil) {
        self.grouping = grouping
        self.window = window
        self.chance = chance
        if grouping == nil { groups["all"] = LifeGroup() }
    }

    /// Takes what was counted over all connections.
    mutating func add(_ named: [String: LifeGroup]) {
        groups.merge(named) { $1 }
    }

    /// The groups that have anybody, the largest first.
    func largest(_ top: Int64?) -> [(name: String, group: LifeGroup)] {
        let sorted = groups.filter { grouping == nil || $0.value.count > 0 }.sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        return sorted.prefix(top.map { Int(clamping: $0) } ?? .max).map { ($0.key, $0.value) }
    }

    /// The one group where none were asked for.
    var whole: LifeGroup? { grouping == nil ? groups["all"] : nil }

    /// Five rows a group, the largest group first.
    func cursor(top: Int64?, width: Int) -> (cursor: ArrayCursor, sentences: [String]) {
        var rows: [[Cell]] = []
        var collapsed: [(name: String, age: Double)] = []
        for (name, group) in largest(top) {
            let estimates = group.estimates(Self.shares.map(\.share), meanUntil: window.length)
            if let age = estimates.likely.collapse { collapsed.append((name, age)) }
            rows +=
                chance == nil
                ? Self.rows(estimates) { self.row(name, group, $0, $1, $2) }
                : corrected(name, group, seen: estimates.likely)
        }
        var sentences = sentences(collapsed)
        if width < Self.roomy {
            let count = groups.values.reduce(0) { $0 + $1.count }
            sentences.insert(
                "of \(HumanText.count(count, "connection")); --wide shows bounds and counts", at: 0)
        }
        return (ArrayCursor(columns: columns, rows: rows), sentences)
    }

    /// From which width of a terminal on bounds and counts stand beside the figures.
    private static let roomy = 78

    /// Which columns a table for people shows in a terminal of this width.
    func shown(in width: Int) -> [Int] {
        let figures = grouping == nil ? 4 : 5
        return Array(0..<(width < Self.roomy ? figures : columns.count - 2))
    }

    private var columns: [Column] {
        let name = grouping.map { [Column($0.column, title: $0.rawValue)] } ?? []
        let figures = [
            Column("share"), Column("lifetime_s", title: "lifetime", kind: .seconds),
            Column("low_s", title: "95 % from", kind: .seconds),
            Column("high_s", title: "to", kind: .seconds),
        ]
        let bounds = [
            Column("shortest_s", title: "at least", kind: .seconds),
            Column("longest_s", title: "at most", kind: .seconds),
            Column("connections", title: "of", kind: .number),
        ]
        let corrected = [
            Column("seen_s", title: "as seen", kind: .seconds),
            Column("connections", title: "of", kind: .number),
            Column("stands_for", title: "for", kind: .number),
        ]
        let counts = [
            Column("still_open", title: "open", kind: .number),
            Column("open_before", title: "before", kind: .number),
            Column("entered_late", title: "late", kind: .number),
            Column("mean_until_s", title: "mean until", kind: .seconds),
        ]
        return name + figures + (chance == nil ? bounds : corrected) + counts
    }

    /// A figure with its interval; nil where the lives do not tell it.
    private struct Figure {
        var value: Double?
        var lower: Double?
        var upper: Double?
        /// Where lives are cut for it.
        var horizon: Double?

        init(_ estimate: Estimate) {
            (value, lower, upper) = (estimate.value, estimate.lower, estimate.upper)
        }

        /// The mean. Where nothing ended within the horizon there is none; where no spread was seen
        /// it has no interval.
        init(_ mean: RestrictedMean?, median: Double?) {
            guard let mean, mean.value < mean.horizon || median != nil else { return }
            value = mean.value
            horizon = mean.horizon
            guard mean.standardError > 0 else { return }
            (lower, upper) = (mean.lower, mean.upper)
        }

        var cells: [Cell] { [value, lower, upper].map(Figure.cell) }

        static func cell(_ value: Double?) -> Cell { value.map { .real($0) } ?? .null }
    }

    private static func figures(_ estimates: LifeEstimates) -> [Figure] {
        estimates.quantiles.map(Figure.init)
            + [Figure(estimates.mean, median: estimates.quantiles.first?.value)]
    }

    private static func rows(
        _ all: (likely: LifeEstimates, shortest: LifeEstimates, longest: LifeEstimates),
        _ row: (String, Figure, [Cell]) -> [Cell]
    ) -> [[Cell]] {
        let (least, most) = (figures(all.shortest), figures(all.longest))
        return zip(shares.map(\.name) + ["mean"], figures(all.likely)).enumerated().map {
            row($1.0, $1.1, [Figure.cell(least[$0].value), Figure.cell(most[$0].value)])
        }
    }

    private func row(
        _ name: String, _ group: LifeGroup, _ share: String, _ figure: Figure, _ bounds: [Cell]
    ) -> [Cell] {
        (grouping == nil ? [] : [.text(name)]) + [.text(share)] + figure.cells + bounds
            + [.integer(group.count)] + counts(group, figure)
    }

    private func counts(_ group: LifeGroup, _ figure: Figure) -> [Cell] {
        [group.stillOpen, group.openBefore, group.enteredLate].map { .integer($0) }
            + [Figure.cell(figure.horizon)]
    }

    private func corrected(_ name: String, _ group: LifeGroup, seen: LifeEstimates) -> [[Cell]] {
        let lives = group.corrected
        let told = lives.estimates(Self.shares.map(\.share), meanUntil: window.length)
        let seen = Self.figures(seen)
        return zip(Self.shares.map(\.name) + ["mean"], Self.figures(told)).enumerated().map {
            (grouping == nil ? [] : [.text(name)]) + [.text($1.0)] + $1.1.cells
                + [
                    Figure.cell(seen[$0].value), .integer(group.count),
                    .real((lives.total * 10).rounded() / 10),
                ] + counts(group, $1.1)
        }
    }

    /// How the figures are to be read.
    private func sentences(_ collapsed: [(name: String, age: Double)]) -> [String] {
        func sum(_ count: (LifeGroup) -> Int64) -> Int64 {
            groups.values.reduce(0) { $0 + count($1) }
        }
        let (open, before, late) = (sum(\.stillOpen), sum(\.openBefore), sum(\.enteredLate))
        var sentences = [
            "mean: of lives cut at \(HumanText.seconds(window.length)), the length of the range, "
                + "or at the longest seen"
        ]
        if open > 0 {
            sentences.append(
                "\(HumanText.number(open)) still open at the end count as living at least so "
                    + "long; - is not reached: beyond what was seen")
        }
        if late > 0 {
            sentences.append(
                "\(HumanText.number(late)) already open when the range began count from the age "
                    + "they had then on")
        }
        if before > 0 {
            sentences.append(
                "\(HumanText.number(before)) open before the recording are left out: their age "
                    + "is not known")
        }
        if let first = collapsed.first {
            let name = grouping == nil ? "" : "\(first.name): "
            let more = collapsed.count > 1 ? "; so for \(collapsed.count - 1) more" : ""
            sentences.append(
                "! \(name)all who were watched at that age ended by "
                    + "\(HumanText.seconds(first.age)), though others lived longer: the figures "
                    + "say nothing of longer lives; try a longer range\(more)")
        }
        return sentences
    }
}
