import Findings
import Model
import Queries
import Rendering

/// Findings as people read them: a title, and under it what was seen, why and what to do.
struct FindingsText {
    /// Of each kind, so many are told.
    private static let most = 10
    private static let margin = 10

    private let desk: Desk
    private let showsSQL: Bool
    private let figures: FigureText

    init(_ desk: Desk, showsSQL: Bool) {
        self.desk = desk
        self.showsSQL = showsSQL
        figures = FigureText(unicode: desk.page.unicode) { moment in
            desk.text(desk.session.timeline.wall(moment))
        }
    }

    /// The whole page.
    func text(_ inspection: Inspection) -> String {
        guard !inspection.found.isEmpty else {
            return "Nothing found of what was looked for:\n" + lines("", kinds(inspection))
        }
        var told: [FindingKind: Int] = [:]
        var blocks: [String] = []
        for found in inspection.found {
            told[found.finding.kind, default: 0] += 1
            guard told[found.finding.kind, default: 0] <= Self.most else { continue }
            blocks.append(block(found, isFirst: told[found.finding.kind] == 1))
        }
        let rest = told.filter { $0.value > Self.most }.sorted { $0.key.rawValue < $1.key.rawValue }
        blocks += rest.map { kind, number in
            lines(
                "",
                "\(HumanText.number(Int64(number - Self.most))) more of \(kind.rawValue): "
                    + "--format csv has all")
        }
        return blocks.joined(separator: "\n")
    }

    private func kinds(_ inspection: Inspection) -> String {
        let lacking = Set(inspection.lacks.map(\.kind))
        return FindingKind.allCases.filter { !lacking.contains($0) }.map(\.rawValue)
            .joined(separator: ", ")
    }

    /// Why and what to do are said once for each kind.
    private func block(_ found: Inspection.Found, isFirst: Bool) -> String {
        let finding = found.finding
        let rule = Rulebook.rule(finding.kind)
        var text = title(finding)
        text += lines("  seen", finding.seen.text(figures.text))
        if let when = figures.when(finding) { text += lines("  when", when) }
        text += lines("  figures", EvidenceText(figures: figures).text(finding.evidence))
        if isFirst, let rule {
            text += lines("  why", rule.why)
            text += lines("  try", rule.remedy)
        }
        text += lines("  kind", finding.kind.rawValue)
        if showsSQL { text += sql(found.sql) }
        return text
    }

    private func title(_ finding: Finding) -> String {
        let title = lines(
            finding.severity.rawValue.uppercased(), finding.title.text(figures.text))
        guard desk.page.color else { return title }
        let colour =
            switch finding.severity {
            case .critical: "\u{1b}[1;31m"
            case .warning: "\u{1b}[1;33m"
            case .notice: "\u{1b}[1m"
            }
        return colour + title.dropLast() + "\u{1b}[0m\n"
    }

    /// As it can be copied: its lines are not broken.
    private func sql(_ statement: String) -> String {
        let space = String(repeating: " ", count: Self.margin)
        let text = statement.split(separator: "\n").enumerated().map { index, line in
            (index == 0 ? Self.padded("  sql") : space)
                + SafeText.visible(String(line), unicode: desk.page.unicode)
        }
        return text.joined(separator: "\n") + "\n"
    }

    private static func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, margin - label.count))
    }

    private func lines(_ label: String, _ text: String) -> String {
        let space = String(repeating: " ", count: Self.margin)
        var lines: [String] = []
        var line = Self.padded(label)
        var isEmpty = true
        for word in SafeText.visible(text, unicode: desk.page.unicode).split(separator: " ") {
            let width = DisplayWidth.of(line) + DisplayWidth.of(word) + (isEmpty ? 0 : 1)
            if !isEmpty, width > max(30, desk.page.width) {
                lines.append(line)
                line = space
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n") + "\n"
    }
}
