import GRDB

/// The samples from one to the next horizon, and what they alone say.
struct SampleRows {
    private let database: Database
    private let first: Horizon
    private let end: Horizon

    init(_ database: Database, from first: Horizon, to end: Horizon) {
        self.database = database
        self.first = first
        self.end = end
    }

    private static let stretchesSQL = """
        SELECT recording_id, min(sampled_us) AS "from",
          1 + max(max(sampled_us), coalesce((SELECT r.ended_us FROM recording AS r
            WHERE r.recording_id = s.recording_id), 0)) AS "until"
        FROM sample AS s WHERE sample_id >= ? AND sample_id < ? GROUP BY recording_id
        """

    /// Takes them out and writes it down for each of their recordings.
    func take(_ log: PruningLog) throws {
        let stretches = try Row.fetchAll(
            database, sql: Self.stretchesSQL, arguments: [first.sample, end.sample])
        for row in stretches {
            let recording: Int64 = row["recording_id"]
            // What lies between two samples of a recording belongs to the first.
            let until = recording == end.recording ? end.moment : row["until"] as Int64
            try log.note(.details, (recording, row["from"], until)) {
                try remove(of: recording)
            }
        }
    }

    private func remove(of recording: Int64) throws -> Int64 {
        let before = database.totalChangesCount
        for table in ["namespace_sample", "missed"] {
            try database.execute(
                sql: """
                    DELETE FROM \(table) WHERE sample_id IN (SELECT sample_id FROM sample
                      WHERE sample_id >= ? AND sample_id < ? AND recording_id = ?)
                    """, arguments: [first.sample, end.sample, recording])
        }
        try database.execute(
            sql: """
                DELETE FROM sample WHERE sample_id >= ? AND sample_id < ? AND recording_id = ?
                """, arguments: [first.sample, end.sample, recording])
        return Int64(database.totalChangesCount - before)
    }
}
