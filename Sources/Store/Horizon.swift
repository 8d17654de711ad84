import GRDB

/// The first sample that stays. Everything that ended before it goes; what outlasted it stays
/// whole.
struct Horizon: Equatable {
    let sample: Int64
    let recording: Int64
    /// When the sample was taken, on the axis of its recording, µs.
    let moment: Int64
    /// Connections first seen later have this id or a higher one.
    let nextConnection: Int64

    private static let sql = """
        SELECT sample_id, recording_id, sampled_us, next_connection_id FROM sample
        WHERE sample_id >= ? ORDER BY sample_id LIMIT 1
        """

    /// The first sample from this one on; nil where there is none.
    init?(_ database: Database, from sample: Int64) throws {
        guard let row = try Row.fetchOne(database, sql: Self.sql, arguments: [sample]) else {
            return nil
        }
        self.sample = row["sample_id"]
        recording = row["recording_id"]
        moment = row["sampled_us"]
        nextConnection = row["next_connection_id"]
    }

    /// Where the file's details begin; nil where it has no sample.
    static func lowest(_ database: Database) throws -> Horizon? {
        try Horizon(database, from: .min)
    }

    /// A connection `c` of `stored_connection` that was gone before the horizon: ?3 is its sample,
    /// ?4 its recording, ?5 its moment.
    static let connectionIsOver = """
        c.live = 0 AND coalesce(c.last_sample, 0) < ?3 AND (c.recording_id < ?4
          OR c.recording_id = ?4 AND max(
            coalesce(c.closed_max_us, c.closed_min_us, c.opened_max_us, c.attempted_max_us, 0),
            coalesce(c.tw_left_max_us, c.tw_left_min_us, 0)) < ?5)
        """

    /// A row with an end in this column that came before the horizon.
    static func isOver(_ column: String) -> String {
        """
        (\(column) IS NOT NULL AND (recording_id < ?4 OR recording_id = ?4 AND \(column) < ?5))
        """
    }

    /// The last sample before the wanted one at which the fewest namespaces' counters are unread:
    /// what was counted up to there is told by hours, what came after by details.
    static func sound(
        _ database: Database, atMost wanted: Int64, above lowest: Int64
    ) throws -> Horizon? {
        let sql = """
            SELECT s.sample_id FROM sample AS s
            WHERE s.sample_id > max(?1, ?2 - 16) AND s.sample_id <= ?2
            ORDER BY (SELECT count(*) FROM namespace_sample AS n WHERE n.sample_id = s.sample_id
              AND n.active_opens + n.passive_opens IS NULL), s.sample_id DESC LIMIT 1
            """
        let found = try Int64.fetchOne(database, sql: sql, arguments: [lowest, wanted])
        return try found.flatMap { try Horizon(database, from: $0) }
    }
}
