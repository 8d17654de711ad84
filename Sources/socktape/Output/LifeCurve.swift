import Model
import Queries
import Statistics

/// Survival curves as rows: one for each age at which lives ended, group by group.
final class LifeCurve: RowCursor {
    /// One row's figures.
    private struct Point {
        var time: Double
        var survival: Double
        /// nil: nobody is left, and it is not known.
        var band: ClosedRange<Double>?
        var atRisk: Cell
        var events: Cell
    }

    let columns: [Column]
    private var groups: ArraySlice<(name: String, group: LifeGroup)>
    private let isNamed: Bool
    private let isCorrected: Bool
    private var name = ""
    private var upcoming: (() -> Point?)?

    /// The curves of some groups.
    init(
        _ groups: [(name: String, group: LifeGroup)], by grouping: Grouping?, isCorrected: Bool
    ) {
        self.groups = groups[...]
        self.isCorrected = isCorrected
        isNamed = grouping != nil
        columns =
            (grouping.map { [Column($0.column, title: $0.rawValue)] } ?? []) + [
                Column("lifetime_s", title: "lifetime", kind: .seconds),
                Column("survival", title: "live longer", kind: .ratio),
                Column("low", title: "95 % from", kind: .ratio),
                Column("high", title: "to", kind: .ratio),
                Column("at_risk", title: "at risk", kind: .number),
                Column("events", title: "ended", kind: .number),
            ]
    }

    func next() -> [Cell]? {
        while true {
            if let point = upcoming?() { return cells(point) }
            guard let (name, group) = groups.popFirst() else { return nil }
            self.name = name
            upcoming = isCorrected ? Self.points(group.corrected) : Self.points(group.lives)
        }
    }

    private static func points(_ lives: LifeSample) -> () -> Point? {
        var curve = lives.curve
        return {
            curve.next().map {
                Point(
                    time: $0.time, survival: $0.survival, band: $0.band,
                    atRisk: .integer(Int64($0.atRisk)), events: .integer(Int64($0.events)))
            }
        }
    }

    private static func points(_ lives: WeightedLives) -> () -> Point? {
        var steps = lives.steps.makeIterator()
        return {
            steps.next().map {
                Point(
                    time: $0.time, survival: $0.survival, band: $0.band,
                    atRisk: .real($0.atRisk), events: .real($0.events))
            }
        }
    }

    private func cells(_ point: Point) -> [Cell] {
        let band = [point.band?.lowerBound, point.band?.upperBound].map { end -> Cell in
            end.map { .real($0) } ?? .null
        }
        return (isNamed ? [.text(name)] : []) + [.real(point.time), .real(point.survival)] + band
            + [point.atRisk, point.events]
    }
}
