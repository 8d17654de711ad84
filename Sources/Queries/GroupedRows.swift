import Model

/// Rows that were counted beforehand, on their way into SQL.
enum GroupedRows {
    /// The rows as a JSON array of arrays. A text that is JSON itself goes in as it stands.
    static func cell(_ rows: some Sequence<[Cell]>) -> Cell {
        .text("[" + rows.map(json).joined(separator: ",") + "]")
    }

    /// As above, of numbers alone.
    static func cell(_ rows: some Sequence<[Int64?]>) -> Cell {
        cell(rows.lazy.map { row in row.map { Cell(number: $0) } })
    }

    /// Numbers as a JSON array, in a cell of its own.
    static func series(_ numbers: some Sequence<Int64>) -> Cell {
        .text("[" + numbers.map { String($0) }.joined(separator: ",") + "]")
    }

    private static func json(_ row: [Cell]) -> String {
        "[" + row.map(json).joined(separator: ",") + "]"
    }

    private static func json(_ cell: Cell) -> String {
        switch cell {
        case .null, .blob: "null"
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): quoted(text)
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Those of the groups that can be among the first `top` by their size; SQL orders and cuts
    /// them, so all that equal the last one stay.
    static func largest<Group>(
        _ groups: [Group], top: Int64?, size: (Group) -> Int64
    ) -> [Group] {
        guard let top, top > 0, top < groups.count else { return groups }
        let least = groups.map(size).sorted(by: >)[Int(top) - 1]
        return groups.filter { size($0) >= least }
    }

    /// The lower median; nil of none. `Int64.max` stands for longer than anything.
    static func median(_ values: [Int64]) -> Int64? {
        let middle = quantile(values.sorted(), 50)
        return middle == .max ? nil : middle
    }

    /// The value at this share of sorted values, by the nearest rank; `share` in per cent.
    static func quantile(_ sorted: [Int64], _ share: Int) -> Int64? {
        guard !sorted.isEmpty else { return nil }
        return sorted[(sorted.count * share + 99) / 100 - 1]
    }
}

extension Cell {
    /// An integer, or nothing.
    init(number: Int64?) { self = number.map { .integer($0) } ?? .null }
}
