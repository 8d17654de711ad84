import Migrations

/// One step of the schema.
package struct Migration: Equatable, Sendable {
    /// The file's name without its ending, such as `001-tables`.
    package let name: String
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// The files of migrations/ that this program was built with, in the order in which they apply.
    package static let embedded: [Migration] = (0..<embedded_migration_count()).map { index in
        let file = unsafe embedded_migration_at(index)
        // The text is static and ends with a zero octet.
        return unsafe Migration(
            name: String(cString: file.name), sql: String(cString: file.text))
    }
}
