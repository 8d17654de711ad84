/// Writes one line a value, behind its label; an empty line between records.
struct RecordWriter {
    /// Less room for values than this, and they go below their labels.
    private static let leastRoom = 16

    private let labels: [String]
    private let indent: Int
    private let isStacked: Bool
    private let options: RenderOptions
    private var isFirst = true

    init(titles: [String], options: RenderOptions) {
        let behind = titles.reduce(0) { max($0, DisplayWidth.of($1)) } + ColumnLayout.gap
        isStacked = options.width.map { $0 - behind < Self.leastRoom } ?? false
        indent = isStacked ? ColumnLayout.gap : behind
        labels = titles.map {
            DisplayWidth.cut($0, to: options.width ?? .max, unicode: options.unicode)
        }
        self.options = options
    }

    /// Writes one record. A value wider than the terminal goes on below its beginning.
    mutating func write(_ cells: [PlainCell], to write: (String) throws -> Void) throws {
        if !isFirst { try write("\n") }
        isFirst = false
        for (label, cell) in zip(labels, cells) {
            let lines = self.lines(of: cell, room: options.width.map { max(1, $0 - indent) })
            let first = isStacked ? "" : lines.first ?? ""
            let slack = String(repeating: " ", count: max(0, indent - DisplayWidth.of(label)))
            let head = Style.dim.apply(label, options)
            try write((first.isEmpty ? head : head + slack + first) + "\n")
            for line in lines.dropFirst(isStacked ? 0 : 1) where !line.isEmpty {
                try write(String(repeating: " ", count: indent) + line + "\n")
            }
        }
    }

    private func lines(of cell: PlainCell, room: Int?) -> [String] {
        if cell.isNull { return [Style.dim.apply(cell.text, options)] }
        guard let room, cell.width > room else { return [cell.text] }
        if cell.series != nil { return [cell.fitted(to: room, unicode: options.unicode)] }
        return Self.wrapped(cell.text, room)
    }

    /// Lines no wider than `room`, broken at spaces where there are some. Each takes at least one
    /// character.
    private static func wrapped(_ text: String, _ room: Int) -> [String] {
        var lines: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            var line = Substring(DisplayWidth.prefix(rest, room))
            if line.isEmpty { line = rest.prefix(1) }
            let isBroken = line.count < rest.count && rest.dropFirst(line.count).first != " "
            if isBroken, let space = line.lastIndex(of: " "), space > line.startIndex {
                line = line[..<space]
            }
            rest = rest.dropFirst(line.count).drop { $0 == " " }
            while line.last == " " { line.removeLast() }
            lines.append(String(line))
        }
        return lines
    }
}
