import GRDB

/// What a SQLite file says of itself.
enum FileState: Equatable {
    /// A database without tables.
    case empty
    /// Another program's database.
    case foreign
    /// A recording with this number of migrations.
    case recording(version: Int64)

    /// Reads the state without changing the file.
    init(_ database: Database) throws {
        let application = try Int64.fetchOne(database, sql: "PRAGMA application_id")
        let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        // The table in which GRDB notes migrations is made before the first of them.
        let objects = try Int64.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM sqlite_schema
                WHERE tbl_name <> 'grdb_migrations'
                """)
        if application == RecordingMigrator.applicationID, version > 0 {
            self = .recording(version: version)
        } else if application == 0, version == 0, objects == 0 {
            self = .empty
        } else {
            self = .foreign
        }
    }
}
