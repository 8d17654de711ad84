import GRDB

/// How the rows of one of our tables stand in pages.
struct TableLayout {
    struct Column {
        let name: String
        let isText: Bool
        let isRequired: Bool
    }

    private static let tablesSQL = """
        SELECT l.name, l.wr, s.rootpage FROM pragma_table_list AS l
        JOIN sqlite_schema AS s ON s.type = 'table' AND s.name = l.name
        WHERE l.schema = 'main' AND l.strict = 1 AND l.name <> 'tcp_state'
        ORDER BY s.rowid
        """
    /// Of a table without row numbers the key comes first.
    private static let columnsSQL = """
        SELECT name, type, "notnull" OR pk > 0 AS required, pk FROM pragma_table_info(?1)
        ORDER BY CASE WHEN ?2 AND pk > 0 THEN pk ELSE 1000 + cid END
        """

    let name: String
    /// In the order in which a record holds them.
    let columns: [Column]
    /// Whether rows are found by their number.
    let hasRowID: Bool
    /// The column that is the row's number, and NULL in the record.
    let numberPlace: Int?
    /// Where a fresh file has the table's first page.
    let root: Int

    /// The tables of a schema in the order in which they were made: what others refer to first.
    static func all(in database: Database) throws -> [TableLayout] {
        try Row.fetchAll(database, sql: tablesSQL).map { row in
            let name: String = row["name"]
            let isKeyed: Bool = row["wr"]
            let columns = try Row.fetchAll(
                database, sql: columnsSQL, arguments: [name, isKeyed])
            return TableLayout(
                name: name,
                columns: columns.map {
                    Column(
                        name: $0["name"], isText: $0["type"] == "TEXT", isRequired: $0["required"])
                },
                hasRowID: !isKeyed,
                numberPlace: isKeyed ? nil : columns.firstIndex { $0["pk"] == 1 },
                root: row["rootpage"])
        }
    }

    /// The statement that takes a row; one that is there already stays.
    var insertSQL: String {
        let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        return "INSERT OR IGNORE INTO \(name) (\(names)) VALUES (\(marks))"
    }

    /// A record's values as the table would hold them; nil where it cannot be a row of it. A record
    /// may be shorter than its table, which got columns later, unless it is a stray one.
    func row(
        _ values: [StoredValue], number: Int64?, isStray: Bool = false
    ) -> [StoredValue]? {
        guard values.count <= columns.count, !isStray || values.count == columns.count,
            hasRowID == (number != nil)
        else { return nil }
        var row = values
        row += Array(repeating: .null, count: columns.count - values.count)
        if let numberPlace, let number {
            guard row[numberPlace] == .null else { return nil }
            row[numberPlace] = .integer(number)
        }
        return zip(row, columns).allSatisfy { $1.allows($0) } ? row : nil
    }
}

extension TableLayout.Column {
    fileprivate func allows(_ value: StoredValue) -> Bool {
        switch value {
        case .null: !isRequired
        case .integer: !isText
        case .text: isText
        case .other: false
        }
    }
}
