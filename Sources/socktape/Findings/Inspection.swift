import Findings
import Model
import Queries
import Rendering

/// Every rule's question asked of a recording, and judged.
struct Inspection {
    /// A finding and the SQL that gives its figures.
    struct Found {
        var finding: Finding
        var sql: String
    }

    /// The worst first.
    let found: [Found]
    /// What could not be judged, and why.
    let lacks: [(kind: FindingKind, reason: String)]

    /// Connections recorded, of those that the kernel counted; nil where it is not known.
    private let coverage: Double?
    private let wanted: Double

    init(_ session: Session, _ scope: Scope, _ thresholds: Thresholds) throws {
        var questions = Questions(session, scope, thresholds)
        var found: [Found] = []
        var lacks: [(kind: FindingKind, reason: String)] = []
        var coverage: Double?
        for rule in Rulebook.all {
            let (rows, sql, lack) = try questions.answer(rule.kind)
            if rule.kind == .coverage { coverage = Self.share(rows) }
            let verdict = rule.judge(rows: rows, thresholds)
            found += verdict.findings.map { Found(finding: $0, sql: sql) }
            if let reason = lack ?? verdict.lack { lacks.append((rule.kind, reason)) }
        }
        self.found = Self.sorted(found)
        self.lacks = lacks
        self.coverage = coverage
        wanted = thresholds[LowCoverage.low]
    }

    /// 1 where nothing was counted that could be missing.
    private static func share(_ rows: [SeenRow]) -> Double? {
        let together = rows.compactMap(LowCoverage.read).first { $0.direction == "together" }
        return together.map { $0.counted > 0 ? Double($0.recorded) / Double($0.counted) : 1 }
    }

    private static func sorted(_ found: [Found]) -> [Found] {
        let sql = Dictionary(found.map { ($0.finding, $0.sql) }) { first, _ in first }
        return Rulebook.sorted(found.map(\.finding)).map {
            Found(finding: $0, sql: sql[$0] ?? "")
        }
    }

    /// How many, of what was looked for.
    var summary: String {
        let kinds = Int64(Rulebook.all.count - lacks.count)
        let looked = "of \(HumanText.count(kinds, "kind")) looked for"
        guard !found.isEmpty else { return "nothing found, \(looked)" }
        let parts = Severity.allCases.reversed().compactMap { severity -> String? in
            let number = Int64(found.count { $0.finding.severity == severity })
            return number > 0 ? "\(HumanText.number(number)) \(severity.rawValue)" : nil
        }
        return HumanText.count(Int64(found.count), "finding")
            + " (\(parts.joined(separator: ", "))), \(looked)"
    }

    /// Why finding nothing says little; nil where it says something, or something was found.
    var weakness: String? {
        guard found.isEmpty else { return nil }
        guard let coverage else {
            return "little was seen to judge by: how much was recorded is not known"
        }
        guard coverage < wanted else { return nil }
        return "little was seen to judge by: \(HumanText.ratio(coverage)) of the connections"
    }

    /// What was not looked for, or not everywhere.
    var lackSentence: String? {
        guard !lacks.isEmpty else { return nil }
        let parts = lacks.map { "\($0.kind.rawValue) (\($0.reason))" }
        return "not judged, or not whole: " + parts.joined(separator: ", ")
    }
}
