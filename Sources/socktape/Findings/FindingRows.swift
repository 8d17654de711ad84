import Findings
import Model
import Queries
import Rendering

/// Findings as machines read them.
struct FindingRows {
    static let columns = [
        Column("severity"), Column("finding"), Column("title"), Column("seen"),
        Column("from", kind: .moment), Column("until", kind: .moment), Column("evidence"),
        Column("why"), Column("remedy"), Column("sql"),
    ]

    private let desk: Desk

    init(_ desk: Desk) { self.desk = desk }

    /// One row a finding.
    func cursor(_ found: [Inspection.Found]) throws -> ArrayCursor {
        ArrayCursor(columns: Self.columns, rows: try found.map(cells))
    }

    private func cells(_ found: Inspection.Found) throws -> [Cell] {
        let finding = found.finding
        let rule = Rulebook.rule(finding.kind)
        let figures = FigureText(unicode: true) { moment in
            HumanText.moment(wall(moment), utcOffset: { _ in 0 }).prefix(19) + " UTC"
        }
        return [
            .text(finding.severity.rawValue), .text(finding.kind.rawValue),
            .text(finding.title.text(figures.text)), .text(finding.seen.text(figures.text)),
            finding.from.map { .integer(wall($0)) } ?? .null,
            finding.until.map { .integer(wall($0)) } ?? .null,
            .text(try evidence(finding)), .text(rule?.why ?? ""), .text(rule?.remedy ?? ""),
            .text(found.sql),
        ]
    }

    private func wall(_ axis: Int64) -> Int64 { desk.session.timeline.wall(axis) }

    /// A JSON object, by names of columns.
    private func evidence(_ finding: Finding) throws -> String {
        let columns = finding.evidence.map { evidence in
            var kind = ColumnKind.number
            if case .text = evidence.figure { kind = .text }
            if case .moment = evidence.figure { kind = .moment }
            return Column(evidence.name, kind: kind)
        }
        let row = finding.evidence.map { cell($0.figure) }
        let text = try Renderer.text(
            cursor: ArrayCursor(columns: columns, rows: [row]), format: .ndjson,
            options: RenderOptions())
        return String(text.prefix { $0 != "\n" })
    }

    private func cell(_ figure: Figure) -> Cell {
        switch figure {
        case .count(let number): .integer(number)
        case .moment(let axis): .integer(wall(axis))
        case .share(let number), .seconds(let number), .rate(let number): .real(number)
        case .text(let text): .text(text)
        }
    }
}
