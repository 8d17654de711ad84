import Model

/// Writes RFC 4180: a header, CRLF, quotes where needed, NULL as an empty cell.
struct CSVWriter {
    /// Whether text may begin as a spreadsheet's formula does.
    private let isRaw: Bool
    /// Whether a person looks at it as it is written: the same octets in a file act on nobody.
    private let isForTerminal: Bool

    init(_ options: RenderOptions) {
        isRaw = options.raw
        isForTerminal = options.width != nil
    }

    /// Writes a header, then each row as it is read.
    func write(_ cursor: any RowCursor, to write: (String) throws -> Void) throws {
        let columns = cursor.columns
        try write(line(columns.map { text($0.name) }))
        while let row = try cursor.next() {
            let cells = columns.indices.map { index in
                cell(index < row.count ? row[index] : .null, of: columns[index])
            }
            try write(line(cells))
        }
    }

    /// A line of one empty cell is quoted, or it would read as no row at all.
    private func line(_ cells: [String]) -> String {
        (cells == [""] ? "\"\"" : cells.joined(separator: ",")) + "\r\n"
    }

    private func cell(_ cell: Cell, of column: Column) -> String {
        switch cell {
        case .null: ""
        case .integer(let value):
            MachineText.writesText(column) ? MachineText.moment(value) : String(value)
        case .real(let value): value.isNaN ? "" : "\(value)"
        case .text(let value): text(value)
        case .blob(let octets): MachineText.hexadecimal(octets)
        }
    }

    /// An apostrophe goes before what a spreadsheet would take for a formula.
    private func text(_ value: String) -> String {
        let formula: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "\n"]
        let isFormula = value.unicodeScalars.first.map { formula.contains($0) } ?? false
        let marked = isFormula && !isRaw ? "'" + value : value
        let safe = isForTerminal && !isRaw ? SafeText.visible(marked) : marked
        let needsQuotes = safe.utf8.contains { [0x22, 0x2c, 0x0d, 0x0a].contains($0) }
        guard needsQuotes else { return safe }
        let quote: Unicode.Scalar = "\""
        let doubled = safe.unicodeScalars.reduce(into: String.UnicodeScalarView()) {
            if $1 == quote { $0.append(quote) }
            $0.append($1)
        }
        return "\"" + String(doubled) + "\""
    }
}
