import Model
import Queries
import Rendering

extension Desk {
    private static let mostGaps: Int64 = 5

    /// Says how much of a range was seen, and where nothing was.
    func tellCoverage(_ scope: Scope) throws {
        try note(try coverageSentence(scope))
        try tellGaps(scope)
    }

    /// Says where nothing was seen.
    func tellGaps(_ scope: Scope) throws {
        var shortened = scope
        shortened.top = Self.mostGaps + 1
        let gaps = try session.all(GapsQuery(shortened).question)
        for gap in gaps.prefix(Int(Self.mostGaps)) { try note(sentence(ofGap: gap)) }
        if gaps.count > Self.mostGaps { try note("gap: and more; see 'socktape report coverage'") }
    }

    /// The share of connections that was seen, in a sentence.
    func coverageSentence(_ scope: Scope) throws -> String {
        let row = try session.all(CoverageQuery(scope).total).first ?? []
        let counted = row.first?.integer
        let share = row.count > 2 ? row[2].real : nil
        guard let counted, counted > 0, let share else {
            return counted == 0
                ? "coverage: the kernel counted no new connection in this range"
                : "coverage: unknown, the kernel's counters were not read in this range"
        }
        let start =
            "coverage: \(HumanText.ratio(share)) of "
            + HumanText.count(counted, "connection")
        if share > 1 { return start + "; more than the kernel counted is a defect, not a success" }
        if share >= 0.99 { return start }
        return start + (try reason(forLowShare: scope))
    }

    /// What the sources say of themselves, a sentence each.
    func sourceSentences(_ scope: Scope) throws -> [String] {
        try session.all(SourcesQuery(scope).question).compactMap { row in
            guard let source = row[0].text else { return nil }
            var parts: [String] = []
            if let lost = row[3].integer, lost > 0 {
                parts.append(Self.loss(of: source, lost))
            }
            if let reason = row[4].text { parts.append(reason) }
            return parts.isEmpty ? nil : "\(source): " + parts.joined(separator: "; ")
        }
    }

    private static func loss(of source: String, _ lost: Int64) -> String {
        switch source {
        case "schedule": HumanText.count(lost, "sample") + " could not be taken in time"
        case "sock_diag", "proc_net_tcp": HumanText.count(lost, "walk") + " not complete"
        default: "lost \(HumanText.number(lost)) of what it should have seen"
        }
    }

    private func reason(forLowShare scope: Scope) throws -> String {
        let sources = try session.all(SourcesQuery(scope).question).compactMap { $0[0].text }
        let seesEvents = sources.contains { $0.contains("bpf") || $0.contains("event") }
        let seesCloses = sources.contains { $0.contains("close") || $0.contains("destroy") }
        if seesEvents { return "; events were lost, see the view sources" }
        if seesCloses { return "; without BPF some openings and owners are missed" }
        return "; dumps alone miss short ones that the peer closes"
    }

    private func sentence(ofGap row: [Cell]) -> String {
        let length = row[2].real.map { HumanText.seconds($0) } ?? "some time"
        let from = row[0].integer.map { text($0) } ?? "?"
        let until = row[1].integer.map { text($0) } ?? "?"
        return "gap: nothing was seen for \(length), \(from) to \(until) (\(row[3].text ?? "?"))"
    }
}

extension Cell {
    /// The number of an integer; nil for anything else.
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// A number as a double; nil for anything else.
    var real: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    /// The text; nil for anything else.
    var text: String? { if case .text(let text) = self { text } else { nil } }
}
