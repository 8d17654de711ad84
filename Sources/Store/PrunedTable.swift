import GRDB

/// A table whose rows go when they ended before the horizon, walked by its key.
struct PrunedTable {
    let name: String
    let key: String
    /// The column that says when a row ended.
    let end: String

    /// What belongs to the host and not to a connection. Processes are interned.
    static let all = [
        PrunedTable(name: "descriptor_span", key: "descriptor_span_id", end: "until_us"),
        PrunedTable(name: "listener", key: "listener_id", end: "last_seen_us"),
        PrunedTable(name: "datagram_socket", key: "datagram_socket_id", end: "last_seen_us"),
    ]

    /// The key of the last of so many rows after one; nil where there is none.
    func last(_ database: Database, after key: Int64, count: Int) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: """
                SELECT max(k) FROM (
                  SELECT \(self.key) AS k FROM \(name) WHERE \(self.key) > ?
                  ORDER BY \(self.key) LIMIT ?)
                """, arguments: [key, count])
    }

    /// Takes out what was over before the horizon; how many rows went.
    func take(
        _ database: Database, above low: Int64, to high: Int64, before horizon: Horizon
    ) throws -> Int64 {
        let arguments: StatementArguments = [
            low, high, horizon.sample, horizon.recording, horizon.moment,
        ]
        if name == "descriptor_span" {
            try database.execute(sql: Self.rollupSQL, arguments: arguments)
        }
        try database.execute(
            sql: "DELETE FROM \(name) WHERE \(key) > ?1 AND \(key) <= ?2 AND \(isOver)",
            arguments: arguments)
        return Int64(database.changesCount)
    }

    /// The condition, with the horizon's sample, recording and moment as ?3, ?4, ?5. A listener is
    /// in the tables of its samples.
    var isOver: String {
        Horizon.isOver(end) + (name == "listener" ? " AND last_sample < ?3" : " AND ?3 = ?3")
    }

    private static let rollupSQL = """
        INSERT INTO descriptor_hour
        SELECT (d.from_us + coalesce((
            SELECT k.total_us FROM clock_step AS k
            WHERE k.recording_id = d.recording_id AND k.at_us <= d.from_us
            ORDER BY k.at_us DESC LIMIT 1), 0)) / 3600000000 AS hour,
          d.recording_id, p.comm, max(d.until_us), max(d.peak_fds)
        FROM (
          SELECT * FROM descriptor_span
          WHERE descriptor_span_id > ?1 AND descriptor_span_id <= ?2
            AND \(Horizon.isOver("until_us")) AND ?3 = ?3) AS d
        JOIN process AS p ON p.process_id = d.process_id
        GROUP BY 1, 2, 3
        ON CONFLICT DO UPDATE SET until_us = max(until_us, excluded.until_us),
          peak_fds = max(peak_fds, excluded.peak_fds)
        """
}
