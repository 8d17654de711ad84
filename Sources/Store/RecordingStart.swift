import GRDB
import Model

/// Starts a recording in the file, after closing what an earlier one left open.
struct RecordingStart {
    private static let openSQL = """
        SELECT recording_id, boot_id FROM recording WHERE ended_us IS NULL ORDER BY recording_id
        """
    private static let stepsSQL = """
        SELECT total_us FROM clock_step WHERE recording_id = ? AND at_us <= ?
        ORDER BY at_us DESC LIMIT 1
        """
    private static let insertSQL = """
        INSERT INTO recording (
          recording_uuid, host, boot_id, kernel, version, interval_us, started_us)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    private static let endSQL = "SELECT max(ended_us) FROM recording"
    private static let stepSQL = """
        INSERT INTO clock_step (recording_id, at_us, offset_us, total_us) VALUES (?1, ?2, ?3, ?3)
        """
    private static let gapSQL = """
        INSERT OR REPLACE INTO gap (recording_id, from_us, until_us, reason) VALUES (?, ?, ?, ?)
        """
    private static let nextSQL = """
        SELECT
          (SELECT coalesce(max(sample_id), 0) + 1 FROM sample) AS sample,
          (SELECT max(coalesce((SELECT max(connection_id) FROM live_connection), 0) + 1,
            coalesce((SELECT max(connection_id) FROM ended_connection), 0) + 1,
            coalesce((SELECT next_connection_id FROM sample
              ORDER BY sample_id DESC LIMIT 1), 1))) AS connection,
          (SELECT coalesce(max(listener_id), 0) + 1 FROM listener) AS listener,
          (SELECT coalesce(max(datagram_socket_id), 0) + 1 FROM datagram_socket) AS datagram,
          (SELECT coalesce(max(process_id), 0) + 1 FROM process) AS process,
          (SELECT coalesce(max(descriptor_span_id), 0) + 1 FROM descriptor_span) AS descriptors,
          (SELECT coalesce(max(limit_span_id), 0) + 1 FROM limit_span) AS "limit",
          (SELECT coalesce(max(source_span_id), 0) + 1 FROM source_span) AS source
        """

    let database: Database

    /// Whether somebody ended every recording. Reads where each kind of row counts on.
    func isClosed() throws -> Bool {
        _ = try nextIdentifiers()
        return try Row.fetchOne(database, sql: Self.openSQL) == nil
    }

    /// Closes and reads what a start closes and reads, and leaves all as it was.
    func rehearse() throws {
        try database.inTransaction(.immediate) {
            for row in try Row.fetchAll(database, sql: Self.openSQL) {
                try RecordingCloser(database: database).close(
                    recording: row["recording_id"], reason: "crashed")
            }
            _ = try nextIdentifiers()
            return .rollback
        }
    }

    /// Writes the recording's row; the number it got, and where each kind of row counts on. What had
    /// to make room for the file is a gap since it was last written.
    func begin(
        _ recording: RecordingRecord, after displaced: Displaced? = nil
    ) throws -> (id: Int64, next: NextIdentifiers) {
        let open = try Row.fetchAll(database, sql: Self.openSQL)
        var gaps: [(from: Int64, reason: String)] = []
        for row in open {
            let reason = row["boot_id"] == recording.bootID ? "crashed" : "host restarted"
            let id: Int64 = row["recording_id"]
            let ended = try RecordingCloser(database: database).close(
                recording: id, reason: reason)
            let steps = try Int64.fetchOne(
                database, sql: Self.stepsSQL, arguments: [id, ended])
            // By the wall clock, which is the only axis that two recordings share.
            gaps.append((ended + (steps ?? 0), reason))
        }
        if let displaced {
            let name = displaced.path.split(separator: "/").last ?? ""
            gaps.append(
                (displaced.writtenMicroseconds, "the file was damaged and is now \(name)"))
        }
        // A wall clock behind the last recording's end, as one that starts at 1970: the axis goes on
        // from that end, so that recordings stay in their order, and the clock has stepped.
        let end = try Int64.fetchOne(database, sql: Self.endSQL) ?? .min
        let wall = recording.startedMicroseconds
        let start = max(wall, end &+ 1)
        try database.execute(
            sql: Self.insertSQL,
            arguments: [
                recording.uuid, recording.host, recording.bootID, recording.kernel,
                recording.version, recording.intervalMicroseconds, start,
            ])
        let id = database.lastInsertedRowID
        if start != wall {
            try database.execute(sql: Self.stepSQL, arguments: [id, start, wall - start])
        }
        for gap in gaps {
            let from = min(gap.from &+ (start - wall), start)
            try database.execute(sql: Self.gapSQL, arguments: [id, from, start, gap.reason])
        }
        var next = try nextIdentifiers()
        if start != wall { next.axisStart = start }
        return (id, next)
    }

    private func nextIdentifiers() throws -> NextIdentifiers {
        var next = NextIdentifiers()
        guard let row = try Row.fetchOne(database, sql: Self.nextSQL) else { return next }
        next.sample = row["sample"]
        next.connection = row["connection"]
        next.listener = row["listener"]
        next.datagram = row["datagram"]
        next.process = row["process"]
        next.descriptors = row["descriptors"]
        next.limit = row["limit"]
        next.source = row["source"]
        return next
    }
}
