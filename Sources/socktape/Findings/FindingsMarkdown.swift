import Findings
import Queries
import Rendering

/// Findings as a page of Markdown, a section each: as a table they would be wider than any page.
struct FindingsMarkdown {
    private let figures: FigureText

    init(_ desk: Desk) {
        figures = FigureText(unicode: true) { desk.text(desk.session.timeline.wall($0)) }
    }

    /// The whole page.
    func text(_ inspection: Inspection) -> String {
        guard !inspection.found.isEmpty else { return "Nothing found.\n" }
        return inspection.found.map(section).joined(separator: "\n")
    }

    private func section(_ found: Inspection.Found) -> String {
        let finding = found.finding
        let rule = Rulebook.rule(finding.kind)
        let items: [(String, String?)] = [
            ("Seen", finding.seen.text(figures.text)), ("When", figures.when(finding)),
            ("Figures", EvidenceText(figures: figures).text(finding.evidence)),
            ("Why", rule?.why), ("Try", rule?.remedy), ("Kind", finding.kind.rawValue),
        ]
        let list = items.compactMap { name, text in
            text.map { "- **\(name):** \(MarkdownText.escaped(SafeText.visible($0)))\n" }
        }
        let title = MarkdownText.escaped(SafeText.visible(finding.title.text(figures.text)))
        return "## \(finding.severity.rawValue.uppercased()): \(title)\n\n" + list.joined()
            + "\n" + code(found.sql)
    }

    /// A block that no text in it can end.
    private func code(_ sql: String) -> String {
        var fence = "```"
        while sql.contains(fence) { fence += "`" }
        let lines = sql.split(separator: "\n").map { SafeText.visible(String($0)) }
        return "\(fence)sql\n" + lines.joined(separator: "\n") + "\n\(fence)\n"
    }
}
