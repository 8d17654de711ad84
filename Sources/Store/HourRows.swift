import GRDB

/// The hours before one, and what a recording told of itself in them.
struct HourRows {
    private static let tables = [
        "connection_hour", "duration_hour", "sample_hour", "state_hour", "counter_hour",
        "coverage_hour", "descriptor_hour",
    ]

    /// The first hour of which there is a row.
    static let oldestSQL = """
        SELECT min(hour) FROM (
          \(tables.map { "SELECT min(hour) AS hour FROM \($0)" }.joined(separator: " UNION ALL ")))
        """
    /// The first recording that has samples: they ascend with their recordings.
    private static let firstSQL = "(SELECT recording_id FROM sample ORDER BY sample_id LIMIT 1)"
    private static let groupsSQL = """
        DELETE FROM hour_group
        WHERE recording_id < \(firstSQL)
          AND recording_id NOT IN (SELECT recording_id FROM sample_hour)
          AND group_id NOT IN (
            SELECT group_id FROM connection_hour UNION SELECT group_id FROM duration_hour)
        """
    /// Recordings of which nothing is left but their name.
    private static let emptySQL = """
        SELECT r.recording_id FROM recording AS r
        WHERE r.ended_us < :moment AND r.recording_id < \(firstSQL)
          AND NOT EXISTS (SELECT 1 FROM side AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM process AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM listener AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM datagram_socket AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM descriptor_span AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM limit_span AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM source_span AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM hour_group AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM sample_hour AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM coverage_hour AS s WHERE s.recording_id = r.recording_id)
          AND NOT EXISTS (SELECT 1 FROM descriptor_hour AS s WHERE s.recording_id = r.recording_id)
        """

    private let database: Database
    private let hour: Int64

    init(_ database: Database, before hour: Int64) {
        self.database = database
        self.hour = hour
    }

    /// How many hours would go.
    static func count(_ database: Database, before hour: Int64) throws -> Int64 {
        try tables.reduce(0) { sum, table in
            let sql = "SELECT count(*) FROM \(table) WHERE hour < ?"
            return try sum + (Int64.fetchOne(database, sql: sql, arguments: [hour]) ?? 0)
        }
    }

    /// Takes them out and writes it down.
    func take(_ log: PruningLog, told: ((Int64, Int64) -> Void)?) throws {
        let moment = hour * WallHours.length
        let from = try Int64.fetchOne(database, sql: Self.oldestSQL) ?? hour
        let recording = try Int64.fetchOne(
            database, sql: "SELECT max(recording_id) FROM recording WHERE started_us < ?",
            arguments: [moment])
        guard let recording else { return }
        let gone = try log.note(.hours, (recording, from * WallHours.length, moment)) {
            let before = database.totalChangesCount
            for table in Self.tables {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE hour < ?", arguments: [hour])
            }
            try database.execute(sql: Self.groupsSQL)
            for table in ["limit_span", "source_span", "gap"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE until_us < ?", arguments: [moment])
            }
            return Int64(database.totalChangesCount - before)
        }
        try removeRecordings(endedBefore: moment)
        told?(gone.rows, gone.bytes)
    }

    private func removeRecordings(endedBefore moment: Int64) throws {
        for id in try Int64.fetchAll(
            database, sql: Self.emptySQL, arguments: ["moment": moment])
        {
            for table in [
                "state_hour", "counter_hour", "gap", "clock_step", "namespace", "pruning",
                "retention_policy", "recording",
            ] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE recording_id = ?", arguments: [id])
            }
        }
    }
}
