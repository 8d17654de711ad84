import GRDB

/// What connections have in common, as numbers.
struct HourGroups {
    private struct Key: Hashable {
        var recording: Int64
        var netns: Int64
        var role: Int64
        var process: Int64?
        var port: Int64
        var closedBy: Int64
        var closeKind: Int64
    }

    private static let selectSQL = """
        SELECT group_id FROM hour_group WHERE recording_id = ? AND netns = ? AND comm = ?
          AND role = ? AND port = ? AND closed_by = ? AND close_kind = ?
        """
    private static let insertSQL = """
        INSERT INTO hour_group (recording_id, netns, comm, role, port, closed_by, close_kind)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    private static let commSQL = "SELECT comm FROM process WHERE process_id = ?"
    private static let countSQL = "SELECT count(*) FROM hour_group WHERE recording_id = ?"

    private let database: Database
    private let select: BoundStatement
    private let insert: BoundStatement
    private var known: [Key: Int64] = [:]
    private var counts: [Int64: Int64] = [:]

    init(_ database: Database) throws {
        self.database = database
        select = try BoundStatement(database, Self.selectSQL)
        insert = try BoundStatement(database, Self.insertSQL)
    }

    /// The group of a row as `ConnectionRollup` reads it, given a number now if it has none.
    mutating func number(_ row: NumberScan.Row) throws -> Int64 {
        let key = Key(
            recording: row[1] ?? 0, netns: row[2] ?? 0, role: row[3] ?? 0, process: row[4],
            port: row[5] ?? 0, closedBy: row[6] ?? 0, closeKind: row[7] ?? 0)
        if let number = known[key] { return number }
        let comm = try key.process.flatMap {
            try String.fetchOne(database, sql: Self.commSQL, arguments: [$0])
        }
        var number = try find(key, comm ?? "")
        if number == nil, try count(key.recording) >= ConnectionRollup.mostGroups {
            var other = key
            other.port = 0
            number = try find(other, "") ?? write(other, "")
        }
        let group = try number ?? write(key, comm ?? "")
        known[key] = group
        return group
    }

    private mutating func count(_ recording: Int64) throws -> Int64 {
        if let count = counts[recording] { return count }
        let count =
            try Int64.fetchOne(database, sql: Self.countSQL, arguments: [recording]) ?? 0
        counts[recording] = count
        return count
    }

    private func find(_ key: Key, _ comm: String) throws -> Int64? {
        bind(key, comm, to: select)
        return try select.number()
    }

    private mutating func write(_ key: Key, _ comm: String) throws -> Int64 {
        bind(key, comm, to: insert)
        try insert.run()
        counts[key.recording, default: 0] += 1
        return database.lastInsertedRowID
    }

    private func bind(_ key: Key, _ comm: String, to statement: BoundStatement) {
        statement.bind(key.recording)
        statement.bind(key.netns)
        statement.bind(comm)
        for number in [key.role, key.port, key.closedBy, key.closeKind] { statement.bind(number) }
    }
}
