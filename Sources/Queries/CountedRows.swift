import Model

/// Numbers that were counted beforehand, on their way into SQL.
enum CountedRows {
    /// Rows as a JSON array of arrays.
    static func cell(_ rows: some Sequence<[Int64?]>) -> Cell {
        .text(
            "["
                + rows.map { row in
                    "[" + row.map { $0.map { String($0) } ?? "null" }.joined(separator: ",") + "]"
                }.joined(separator: ",") + "]")
    }

    /// Those of the largest groups that can be among the first `top`; SQL orders and cuts them, so
    /// all that equal the last one stay.
    static func largest<Group>(
        _ groups: [Group], top: Int64?, size: (Group) -> Int64
    ) -> [Group] {
        guard let top, top < groups.count else { return groups }
        guard top > 0 else { return [] }
        let least = groups.map(size).sorted(by: >)[Int(top) - 1]
        return groups.filter { size($0) >= least }
    }

    /// The lower median; nil of none. `Int64.max` stands for longer than anything.
    static func median(_ values: [Int64]) -> Int64? {
        guard !values.isEmpty else { return nil }
        let middle = values.sorted()[(values.count + 1) / 2 - 1]
        return middle == .max ? nil : middle
    }
}
