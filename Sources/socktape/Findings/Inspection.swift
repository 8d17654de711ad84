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

    init(_ session: Session, _ scope: Scope, _ thresholds: Thresholds) throws {
        var questions = Questions(session, scope, thresholds)
        var found: [Found] = []
        var lacks: [(kind: FindingKind, reason: String)] = []
        for rule in Rulebook.all {
            let (rows, sql, lack) = try questions.answer(rule.kind)
            let verdict = rule.judge(rows: rows, thresholds)
            found += verdict.findings.map { Found(finding: $0, sql: sql) }
            if let reason = lack ?? verdict.lack { lacks.append((rule.kind, reason)) }
        }
        self.found = Self.sorted(found)
        self.lacks = lacks
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

    /// What was not looked for, or not everywhere.
    var lackSentence: String? {
        guard !lacks.isEmpty else { return nil }
        let parts = lacks.map { "\($0.kind.rawValue) (\($0.reason))" }
        return "not judged, or not whole: " + parts.joined(separator: ", ")
    }
}
