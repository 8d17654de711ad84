import Model
import Queries
import Rendering

extension Desk {
    /// Says how much of a range was seen, and where nothing was.
    func tellCoverage(_ scope: Scope) throws {
        let told = try coverage(scope)
        try note(told.sentence)
        for warning in told.warnings { try note(warning) }
        try tellGaps(scope)
        try tellStrain(scope)
    }

    /// Says how many of the moments are exact.
    func tellExactness(_ scope: Scope) throws {
        let row = try session.all(EdgesQuery(scope).question).first?.map { $0.integer ?? 0 } ?? []
        guard row.count == 4, row[0] + row[2] > 0 else { return }
        var parts: [String] = []
        for (edges, exact, name) in [
            (row[0], row[1], "openings and ends"),
            (row[2], row[3], "entries and ends of TIME-WAIT"),
        ] where edges > 0 {
            let share = HumanText.ratio(Double(exact) / Double(edges))
            parts.append("\(share) of \(HumanText.number(edges)) \(name)")
        }
        try note("exact times: " + parts.joined(separator: ", ") + "; the others have bounds")
    }

    /// Whether a range holds several network namespaces.
    func hasNamespaces(_ scope: Scope) throws -> Bool {
        (try session.all(Namespaces.count(scope)).first?.first?.integer ?? 0) > 1
    }

    private func coverage(_ scope: Scope) throws -> CoverageTold {
        let count = try CoverageCount(session, scope.range)
        var shares: [String: CoverageTold.Share] = [:]
        for (name, share) in [
            ("as client", count.active), ("as server", count.passive), ("together", count.together),
        ] {
            shares[name] = share.map {
                CoverageTold.Share(counted: $0.counted, recorded: $0.recorded)
            }
        }
        let causes = try causes(scope)
        return CoverageTold(
            shares: shares, parts: causes.explain(count.missing), hearsAny: causes.hearsAny,
            unread: count.unread, stretch: { self.stretch($0, $1) })
    }

    /// Why connections of a range may be missing.
    func causes(_ scope: Scope) throws -> MissingCauses {
        var stretches = try session.all(SourcesQuery(scope).spans).compactMap { row in
            row[1].integer.flatMap { from in
                row[2].integer.map { until in
                    MissingCauses.Stretch(
                        source: row[0].text, from: from, until: until, lost: row[3].integer ?? 0,
                        reason: row[4].text)
                }
            }
        }
        for row in try session.all(GapsQuery(scope).stretches) {
            guard let from = row[0].integer, let until = row[1].integer else { continue }
            stretches.append(MissingCauses.Stretch(from: from, until: until))
        }
        return MissingCauses(stretches)
    }

    /// `between 02:10 and 02:12`: whole minutes where they are enough, the day where it is needed.
    private func stretch(_ from: Int64, _ until: Int64) -> String {
        let first = text(session.timeline.wall(from))
        // The second that is not over counts.
        let last = text(session.timeline.wall(until) + 999_999)
        guard first.prefix(10) == last.prefix(10) else { return "between \(first) and \(last)" }
        guard until - from >= 60_000_000 else {
            return "between \(first.suffix(8)) and \(last.suffix(8))"
        }
        let end = text(session.timeline.wall(until) + 59_999_999)
        let isSameDay = end.prefix(10) == first.prefix(10)
        return "between \(first.dropFirst(11).prefix(5)) and "
            + (isSameDay ? end.dropFirst(11).prefix(5) : "24:00")
    }
}
