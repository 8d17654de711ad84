import Model

/// How wide each column of a table is and at which end it lines up.
struct ColumnLayout {
    /// Between two columns.
    static let gap = 2
    /// A column of text is never made narrower than this to save room.
    private static let narrowest = 10

    /// Columns of the terminal for each column of the table.
    private(set) var widths: [Int]
    /// Whether each lines up at its right end.
    let alignsRight: [Bool]
    /// The least width of each column: numbers and moments stay whole.
    private let floors: [Int]

    /// Measures the rows; every column is as wide as its widest cell or title.
    init(columns: [Column], titles: [String], rows: [[PlainCell]]) {
        let cellWidths = columns.indices.map { index in
            rows.reduce(0) { max($0, $1[index].width) }
        }
        let right = columns.indices.map { index in
            columns[index].isAlignedRight
                || columns[index].kind == .text
                    && Self.holdsNumbers(rows.lazy.map { $0[index] })
        }
        let natural = zip(cellWidths, titles).map { max($0, DisplayWidth.of($1)) }
        widths = natural
        alignsRight = right
        floors = columns.indices.map { index in
            let staysWhole = right[index] || columns[index].kind == .moment
            return staysWhole ? cellWidths[index] : min(natural[index], Self.narrowest)
        }
    }

    private static func holdsNumbers(_ cells: some Sequence<PlainCell>) -> Bool {
        var isSome = false
        for cell in cells where !cell.isNull {
            guard cell.isNumber else { return false }
            isSome = true
        }
        return isSome
    }

    /// The same columns in a terminal of this width; nil when they do not fit even with their text
    /// cut short.
    func fitted(to limit: Int?) -> ColumnLayout? {
        guard let limit else { return self }
        let room = limit - Self.gap * max(0, widths.count - 1)
        guard let narrower = Self.fit(widths, floors: floors, room: room) else { return nil }
        var layout = self
        layout.widths = narrower
        return layout
    }

    /// Takes from the widest columns first, down to one common width, so that what is short stays
    /// whole; nil when the floors alone are too much.
    private static func fit(_ natural: [Int], floors: [Int], room: Int) -> [Int]? {
        func widths(_ cap: Int) -> [Int] {
            zip(natural, floors).map { max($1, min($0, cap)) }
        }
        guard floors.reduce(0, +) <= room else { return nil }
        var cap = natural.max() ?? 0
        while widths(cap).reduce(0, +) > room { cap -= 1 }
        var result = widths(cap)
        var spare = room - result.reduce(0, +)
        for index in result.indices where spare > 0 && result[index] < natural[index] {
            result[index] += 1
            spare -= 1
        }
        return result
    }
}
