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

    /// So many octets are handed over at once where nobody watches.
    private static let portion = 8 << 10
    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let apostrophe = UInt8(ascii: "'")

    /// Writes a header, then each row as it is read.
    func write(_ cursor: any RowCursor, to write: (String) throws -> Void) throws {
        let columns = cursor.columns
        var lines: [UInt8] = []
        for (index, column) in columns.enumerated() {
            if index > 0 { lines.append(Self.comma) }
            append(column.name, to: &lines)
        }
        try end(&lines, from: 0, to: write)
        let areMoments = columns.map(MachineText.writesText)
        while let row = try cursor.next() {
            let start = lines.count
            for index in areMoments.indices {
                if index > 0 { lines.append(Self.comma) }
                if index < row.count { append(row[index], areMoments[index], to: &lines) }
            }
            try end(&lines, from: start, to: write)
        }
        if !lines.isEmpty { try Self.hand(&lines, to: write) }
    }

    /// Ends the last line, which began there. A line of one empty cell is quoted, or it would read as
    /// no row at all.
    private func end(
        _ lines: inout [UInt8], from start: Int, to write: (String) throws -> Void
    ) throws {
        if lines.count == start { lines += [Self.quote, Self.quote] }
        lines += "\r\n".utf8
        if isForTerminal || lines.count >= Self.portion { try Self.hand(&lines, to: write) }
    }

    private static func hand(
        _ lines: inout [UInt8], to write: (String) throws -> Void
    ) throws {
        try write(String(decoding: lines, as: UTF8.self))
        lines.removeAll(keepingCapacity: true)
    }

    private func append(_ cell: Cell, _ isMoment: Bool, to line: inout [UInt8]) {
        switch cell {
        case .null: break
        case .integer(let value):
            if isMoment {
                line += MachineText.moment(value).utf8
            } else {
                line.append(decimal: value)
            }
        case .real(let value): if !value.isNaN { line += "\(value)".utf8 }
        case .text(let value): append(value, to: &line)
        case .blob(let octets): line += MachineText.hexadecimal(octets).utf8
        }
    }

    /// An apostrophe goes before what a spreadsheet would take for a formula.
    private func append(_ value: String, to line: inout [UInt8]) {
        let isMarked = !isRaw && value.utf8.first.map(Self.beginsFormula) ?? false
        var shown = isForTerminal && !isRaw ? SafeText.visible(value) : value
        // The octets are copied within the call.
        shown.withUTF8 { octets in
            let isQuoted = unsafe Self.needsQuotes(octets)
            guard isQuoted || isMarked else { return unsafe line.append(contentsOf: octets) }
            if isQuoted { line.append(Self.quote) }
            if isMarked { line.append(Self.apostrophe) }
            for index in octets.indices {
                let octet = unsafe octets[index]
                if octet == Self.quote { line.append(Self.quote) }
                line.append(octet)
            }
            if isQuoted { line.append(Self.quote) }
        }
    }

    /// `=`, `+`, `-`, `@`, a tabulator and the ends of a line.
    private static func beginsFormula(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d, 0x0a: true
        default: false
        }
    }

    /// For a quote, a comma and the ends of a line. Looks at each octet, whatever the one before it
    /// was: so the compiler takes many at a time.
    private static func needsQuotes(_ octets: UnsafeBufferPointer<UInt8>) -> Bool {
        var found: UInt8 = 0
        for index in octets.indices {
            let octet = unsafe octets[index]
            found |= octet == quote || octet == comma || octet == 0x0d || octet == 0x0a ? 1 : 0
        }
        return found != 0
    }
}
