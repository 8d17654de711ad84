import GRDB

/// Brings a file to the schema of this program, one transaction a migration. `application_id` and
/// `user_version` are set in the same transaction, so that a file never claims what it has not.
struct RecordingMigrator {
    /// "SOCK": tells a recording from any other SQLite file.
    static let applicationID: Int64 = 0x534f_434b

    let migrations: [Migration]

    init(_ migrations: [Migration] = Migration.embedded) { self.migrations = migrations }

    /// Applies what the file lacks.
    func migrate(_ database: DatabaseQueue) throws {
        var migrator = DatabaseMigrator()
        for (index, migration) in migrations.enumerated() {
            migrator.registerMigration(migration.name) { database in
                try database.execute(sql: migration.sql)
                try database.execute(
                    sql: """
                        PRAGMA application_id = \(Self.applicationID);
                        PRAGMA user_version = \(index + 1);
                        """)
            }
        }
        try migrator.migrate(database)
    }
}
