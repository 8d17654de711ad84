import Rendering

/// A checkup as people read it: a line a source, and under it what its lack costs.
struct CheckupText {
    private static let nameWidth = 20
    private static let stateWidth = 9

    let findings: [SourceFinding]
    let privileges: Privileges
    let width: Int
    let unicode: Bool

    /// The whole text.
    var text: String {
        findings.map(text).joined() + ending
    }

    private func text(_ finding: SourceFinding) -> String {
        let head =
            padded(finding.source, Self.nameWidth) + padded(finding.state.rawValue, Self.stateWidth)
        var lines = hung(finding.detail, under: head)
        let margin = String(repeating: " ", count: Self.nameWidth)
        if let loss = finding.loss { lines += hung(loss, under: margin + "costs    ") }
        // What only capabilities give is said once, at the end.
        if let remedy = finding.remedy, finding.lacking.isEmpty || privileges.isRoot {
            lines += hung(remedy, under: margin + "try      ")
        } else if !finding.lacking.isEmpty {
            let names = finding.lacking.map(\.name).joined(separator: ", ")
            lines += hung(names, under: margin + "needs    ")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One line that gives all that is lacking, as it can be copied: never broken.
    private var ending: String {
        let lacking = findings.flatMap(\.lacking)
        guard !privileges.isRoot, let line = privileges.remedy(lacking) else { return "" }
        return "\nAll of it without being root:\n  \(SafeText.visible(line, unicode: unicode))\n"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private func hung(_ text: String, under head: String) -> [String] {
        let margin = String(repeating: " ", count: Self.nameWidth + Self.stateWidth)
        var lines: [String] = []
        var line = head
        var isEmpty = true
        for word in SafeText.visible(text, unicode: unicode).split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > max(60, width) {
                lines.append(line)
                line = margin
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }
}
