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
        var line: [UInt8] = []
        for (index, column) in columns.enumerated() {
            if index > 0 { line.append(Self.comma) }
            append(column.name, to: &line)
        }
        try write(Self.text(of: &line))
        let areMoments = columns.map(MachineText.writesText)
        while let row = try cursor.next() {
            for index in areMoments.indices {
                if index > 0 { line.append(Self.comma) }
                if index < row.count { append(row[index], areMoments[index], to: &line) }
            }
            try write(Self.text(of: &line))
        }
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let apostrophe = UInt8(ascii: "'")

    /// The line, ended; what it was made of is empty for the next. A line of one empty cell is
    /// quoted, or it would read as no row at all.
    private static func text(of line: inout [UInt8]) -> String {
        if line.isEmpty { line = [quote, quote] }
        line += "\r\n".utf8
        defer { line.removeAll(keepingCapacity: true) }
        return String(decoding: line, as: UTF8.self)
    }

    private func append(_ cell: Cell, _ isMoment: Bool, to line: inout [UInt8]) {
        switch cell {
        case .null: break
        case .integer(let value):
            line += (isMoment ? MachineText.moment(value) : String(value)).utf8
        case .real(let value): if !value.isNaN { line += "\(value)".utf8 }
        case .text(let value): append(value, to: &line)
        case .blob(let octets): line += MachineText.hexadecimal(octets).utf8
        }
    }

    /// An apostrophe goes before what a spreadsheet would take for a formula.
    private func append(_ value: String, to line: inout [UInt8]) {
        let isMarked = !isRaw && value.utf8.first.map(Self.beginsFormula) ?? false
        let shown = isForTerminal && !isRaw ? SafeText.visible(value) : value
        let octets = shown.utf8Span.span
        var place = 0
        while place < octets.count, !Self.needsQuotes(octets[place]) { place += 1 }
        let isQuoted = place < octets.count
        if isQuoted { line.append(Self.quote) }
        if isMarked { line.append(Self.apostrophe) }
        for index in octets.indices {
            if octets[index] == Self.quote { line.append(Self.quote) }
            line.append(octets[index])
        }
        if isQuoted { line.append(Self.quote) }
    }

    /// `=`, `+`, `-`, `@`, a tabulator and the ends of a line.
    private static func beginsFormula(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a: true
        default: false
        }
    }

    /// A quote, a comma and the ends of a line.
    private static func needsQuotes(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x22, 0x2c, 0x0d, 0x0a: true
        default: false
        }
    }
}
