import Model

extension Question {
    /// The statement with its values in it, for `socktape sql` and any program that reads SQLite.
    /// What was counted beforehand is asked of the views instead, which takes longer.
    package var text: String {
        var text = ""
        var rest = Substring((asked ?? sql).trimmingPrefix { $0.isWhitespace })
        while let character = rest.first {
            if character == "'", let end = rest.dropFirst().firstIndex(of: "'") {
                text += rest[...end]
                rest = rest[rest.index(after: end)...]
            } else if rest.hasPrefix("--") {
                let line = rest.prefix { $0 != "\n" }
                text += line
                rest = rest[line.endIndex...]
            } else if character == ":" {
                let name = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                text += arguments[String(name)]?.literal ?? ":" + name
                rest = rest[name.endIndex...]
            } else {
                text.append(character)
                rest.removeFirst()
            }
        }
        return text + ";\n"
    }
}

extension Cell {
    /// The value as SQL writes it.
    fileprivate var literal: String {
        switch self {
        case .null: "NULL"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): "'" + text.replacing("'", with: "''") + "'"
        case .blob(let bytes):
            "x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"
        }
    }
}
