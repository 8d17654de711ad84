import Model

/// Writes columns for people: a header line, no boxes, no trailing spaces.
struct TableWriter {
    /// Whom the table is for.
    var options: RenderOptions

    /// Measures the first rows, then writes them and each further row as it is read.
    func write(_ cursor: any RowCursor, to write: (String) throws -> Void) throws {
        let columns = cursor.columns
        let formatter = CellFormatter(options: options)
        var sample: [[PlainCell]] = []
        while sample.count < options.measuredRows, let row = try cursor.next() {
            sample.append(formatter.cells(row, of: columns))
        }
        let titles = columns.map { formatter.title(of: $0) }
        let layout = ColumnLayout(columns: columns, titles: titles, rows: sample)
            .fitted(to: options.width)
        let isMeasured = sample.count == options.measuredRows
        guard options.layout == .rows, let layout else {
            var records = RecordWriter(titles: titles, options: options)
            for cells in sample { try records.write(cells, to: write) }
            while isMeasured, let row = try cursor.next() {
                try records.write(formatter.cells(row, of: columns), to: write)
            }
            return
        }
        try write(
            Style.bold.apply(line(titles.map { PlainCell(text: $0) }, layout), options) + "\n")
        for cells in sample { try write(line(cells, layout) + "\n") }
        while isMeasured, let row = try cursor.next() {
            try write(line(formatter.cells(row, of: columns), layout) + "\n")
        }
    }

    /// Spaces are owed until something follows them, so that none end a line.
    private func line(_ cells: [PlainCell], _ layout: ColumnLayout) -> String {
        var line = ""
        var owed = 0
        for (index, cell) in cells.enumerated() {
            let width = layout.widths[index]
            let isCut = options.width != nil && cell.width > width
            let text = isCut ? cell.fitted(to: width, unicode: options.unicode) : cell.text
            let slack = max(0, width - DisplayWidth.of(text))
            if layout.alignsRight[index] { owed += slack }
            if !text.allSatisfy({ $0 == " " }) {
                line += String(repeating: " ", count: owed)
                line += cell.isNull ? Style.dim.apply(text, options) : text
                owed = 0
            } else {
                owed += DisplayWidth.of(text)
            }
            owed += (layout.alignsRight[index] ? 0 : slack) + ColumnLayout.gap
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

/// How text stands out on a terminal (ECMA-48, SGR).
enum Style: String {
    case bold = "1"
    case dim = "2"

    /// The text in this style, or as it is where colour is not allowed.
    func apply(_ text: String, _ options: RenderOptions) -> String {
        options.color && !text.isEmpty ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
    }
}
