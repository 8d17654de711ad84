import Model
import Queries
import Rendering
import Statistics

extension Desk {
    /// How far apart the dumps of a range are, seconds, where they alone were heard; nil where
    /// events or destroy messages were, too, or the recording does not say.
    func intervalOfDumpsAlone(_ scope: Scope) throws -> Double? {
        let sources = try session.all(SourcesQuery(scope).spans).compactMap { $0[0].text }
        guard sources.contains(where: { $0 == "sock_diag" || $0 == "proc_net_tcp" }),
            try !causes(scope).hearsAny
        else { return nil }
        return try session.all(DumpIntervalQuery.question(scope)).first?.first?.real
    }

    /// The lives of a range in groups.
    func lifetimes(
        _ scope: Scope, by grouping: Grouping?, chance: DetectionChance?
    ) throws -> LifetimeTable {
        let window = LifeWindow(since: scope.range.since, until: scope.range.until)
        var table = LifetimeTable(by: grouping, in: window, chance: chance)
        let sides = try SideGroupsQuery(scope, by: grouping).map { try session.all($0.question) }
        let tally = LifetimesTally(
            window, by: LifeKey(grouping, sides: sides ?? []), chance: chance)
        guard chance != nil || sides == nil || scope.filter != .all else {
            table.add(try session.tally(tally).named(peers: [:]))
            return table
        }
        let counted = try session.tally(NamedLifetimesTally(tally: tally), of: scope).tally
        table.add(counted.named(peers: grouping == .peer ? try peerNames() : [:]))
        return table
    }

    private func peerNames() throws -> [Int64: String] {
        var names: [Int64: String] = [:]
        let rows = try session.rows(PeerNamesQuery.question)
        while let row = try rows.next() {
            if let number = row[0].integer { names[number] = row[1].text }
        }
        return names
    }

    /// Draws the lives that no grouping divides: who lives longer than what, and how many end when.
    func draw(_ table: LifetimeTable) throws {
        guard page.isForPeople, let group = table.whole else { return }
        let columns = LifePlot.columns(in: page.width)
        let lives = group.lives
        var survival: ([Double]) -> [Double] = lives.survival(at:)
        var first = lives.quantile(0.001)
        if table.chance != nil {
            let corrected = group.corrected
            survival = corrected.survival(at:)
            first = corrected.steps.first?.time
        }
        guard let first, let last = lives.lastTime,
            let axis = LogAxis(from: first, to: last, columns: columns)
        else { return }
        let plot = LifePlot(axis, survival: survival(axis.edges), unicode: page.unicode)
        try page.write("\n" + plot.text)
    }
}
