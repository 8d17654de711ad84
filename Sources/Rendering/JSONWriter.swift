import Model

/// Writes RFC 8259: one array with an object a line, or bare objects (NDJSON).
struct JSONWriter {
    /// Whether the objects stand in one array.
    var isArray: Bool

    /// Writes each row as it is read.
    func write(_ cursor: any RowCursor, to write: (String) throws -> Void) throws {
        let columns = cursor.columns
        let names = Self.unique(columns.map(\.name)).map(Self.string)
        var isFirst = true
        while let row = try cursor.next() {
            let members = columns.indices.map { index in
                let cell = index < row.count ? row[index] : .null
                return "\(names[index]):\(Self.value(cell, of: columns[index]))"
            }
            let object = "{" + members.joined(separator: ",") + "}"
            try write(isArray ? (isFirst ? "[\n" : ",\n") + object : object + "\n")
            isFirst = false
        }
        if isArray { try write(isFirst ? "[]\n" : "\n]\n") }
    }

    /// Names that come again get a number: an object's names should differ.
    private static func unique(_ names: [String]) -> [String] {
        var taken = Set(names)
        var seen: Set<String> = []
        return names.map { name in
            if seen.insert(name).inserted { return name }
            var count = 2
            while !taken.insert("\(name)_\(count)").inserted { count += 1 }
            return "\(name)_\(count)"
        }
    }

    private static func value(_ cell: Cell, of column: Column) -> String {
        switch cell {
        case .null: "null"
        case .integer(let value):
            MachineText.writesText(column) ? string(MachineText.moment(value)) : String(value)
        case .real(let value): value.isFinite ? "\(value)" : "null"
        case .text(let value):
            (column.kind == .series ? Series(json: value)?.json : nil) ?? string(value)
        case .blob(let octets): string(MachineText.hexadecimal(octets))
        }
    }

    /// A string with all escaped that RFC 8259 wants escaped, and what a terminal would act on.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where SafeText.isHidden(scalar):
                result += UTF16.encode(scalar).map { $0.map(escaped).joined() } ?? ""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func escaped(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
}
