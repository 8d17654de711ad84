import GRDB

/// Whether a file's schema is the one that this program made. Anyone can prepare a file in which a
/// view never ends, or a trigger writes: what bears one of our names must be ours to the letter.
/// Further tables, views and indexes are the owner's.
struct OwnSchema {
    /// Names that would stand in the way of SQLite's own table functions.
    private static let reserved = ["json", "pragma_", "sqlite_dbpage"]

    /// Of the schema that this program reads.
    static let current = OwnSchema()

    private let statements: Set<[UInt8]>
    private let names: Set<String>

    init(_ migrations: [Migration] = Migration.embedded) {
        var statements: Set<[UInt8]> = []
        var names: Set<String> = []
        for migration in migrations {
            for statement in Self.statements(in: Array(migration.sql.utf8)) {
                guard let name = Self.created(by: statement) else { continue }
                statements.insert(Array(statement))
                names.insert(name)
            }
        }
        self.statements = statements
        self.names = names
    }

    /// The first object that is not as it was made, or is missing; nil where all is well. With
    /// `forWriting` a trigger is none of it.
    func alteredObject(in database: Database, forWriting: Bool = false) throws -> String? {
        var missing = names
        let rows = try Row.fetchCursor(database, sql: "SELECT type, name, sql FROM sqlite_schema")
        while let row = try rows.next() {
            let values = Array(row.databaseValues)
            let type = String.fromDatabaseValue(values[0])
            let name = (String.fromDatabaseValue(values[1]) ?? "").lowercased()
            let sql = String.fromDatabaseValue(values[2]) ?? ""
            if forWriting, type == "trigger" { return name }
            if missing.remove(name) != nil {
                guard statements.contains(Array(sql.utf8)) else { return name }
            } else if names.contains(name) || Self.reserved.contains(where: name.hasPrefix) {
                return name
            }
        }
        return missing.min()
    }

    /// What stands between semicolons at the ends of lines, without the remarks before it.
    private static func statements(in text: [UInt8]) -> [ArraySlice<UInt8>] {
        let (semicolon, newline) = (UInt8(ascii: ";"), UInt8(ascii: "\n"))
        var result: [ArraySlice<UInt8>] = []
        var start = 0
        for index in text.indices where text[index] == semicolon {
            guard index + 1 == text.count || text[index + 1] == newline else { continue }
            var statement = text[start..<index]
            while let first = statement.first, first == newline || first == UInt8(ascii: "-") {
                statement = statement[(statement.firstIndex(of: newline) ?? index)...].dropFirst()
            }
            result.append(statement)
            start = index + 1
        }
        return result
    }

    /// The name of what a statement creates.
    private static func created(by statement: ArraySlice<UInt8>) -> String? {
        let blanks = Set(" \n".utf8)
        let words = statement.prefix(128).split { blanks.contains($0) }
        guard words.count > 2, words[0].elementsEqual("CREATE".utf8) else { return nil }
        return String(decoding: words[2], as: UTF8.self)
    }
}
