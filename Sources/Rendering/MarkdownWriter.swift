import Model

/// Writes a table of GitHub flavoured Markdown that also reads well as it stands.
struct MarkdownWriter {
    /// Whom the table is for.
    var options: RenderOptions

    /// Measures the first rows, then writes them and each further row as it is read.
    func write(_ cursor: any RowCursor, to write: (String) throws -> Void) throws {
        let columns = cursor.columns
        let formatter = CellFormatter(options: options)
        let cells = { (row: [Cell]) in
            formatter.cells(row, of: columns).map { cell in
                var cell = cell
                cell.text = MarkdownText.escaped(cell.text)
                return cell
            }
        }
        var sample: [[PlainCell]] = []
        while sample.count < options.measuredRows, let row = try cursor.next() {
            sample.append(cells(row))
        }
        let titles = columns.map { MarkdownText.escaped(formatter.title(of: $0)) }
        if options.layout == .record {
            return try writeRecords(titles, sample, to: write)
        }
        let layout = ColumnLayout(columns: columns, titles: titles, rows: sample)
        let widths = layout.widths.map { max(3, $0) }
        try write(line(titles, widths, layout.alignsRight))
        try write(rule(widths, layout.alignsRight))
        for row in sample { try write(line(row.map(\.text), widths, layout.alignsRight)) }
        while sample.count == options.measuredRows, let row = try cursor.next() {
            try write(line(cells(row).map(\.text), widths, layout.alignsRight))
        }
    }

    /// Each value in a line of its own.
    private func writeRecords(
        _ titles: [String], _ rows: [[PlainCell]], to write: (String) throws -> Void
    ) throws {
        let values = rows.flatMap { $0.map(\.text) }
        let labelWidth = titles.reduce(4) { max($0, DisplayWidth.of($1)) }
        let widths = [labelWidth, values.reduce(5) { max($0, DisplayWidth.of($1)) }]
        for (index, row) in rows.enumerated() {
            if index > 0 { try write("\n") }
            try write(line(["Item", "Value"], widths, [false, false]))
            try write(rule(widths, [false, false]))
            for (title, cell) in zip(titles, row) {
                try write(line([title, cell.text], widths, [false, false]))
            }
        }
    }

    private func line(_ texts: [String], _ widths: [Int], _ right: [Bool]) -> String {
        let cells = texts.indices.map { index in
            let slack = max(0, widths[index] - DisplayWidth.of(texts[index]))
            let spaces = String(repeating: " ", count: slack)
            return right[index] ? spaces + texts[index] : texts[index] + spaces
        }
        return "| " + cells.joined(separator: " | ") + " |\n"
    }

    private func rule(_ widths: [Int], _ right: [Bool]) -> String {
        let dashes = zip(widths, right).map { width, isRight in
            String(repeating: "-", count: isRight ? width - 1 : width) + (isRight ? ":" : "")
        }
        return "| " + dashes.joined(separator: " | ") + " |\n"
    }
}
