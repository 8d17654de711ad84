import GRDB

/// Ends a recording in the file: what was there at its last sample becomes right-censored there.
struct RecordingCloser {
    private static let lastSampleSQL = """
        SELECT sample_id, sampled_us FROM sample WHERE recording_id = ?
        ORDER BY sample_id DESC LIMIT 1
        """
    private static let startSQL = "SELECT started_us FROM recording WHERE recording_id = ?"
    private static let endSQL = """
        UPDATE recording SET ended_us = max(started_us, :ended), end_reason = :reason
        WHERE recording_id = :recording
        """
    /// What was last seen at :seen, in the table of sample :sample.
    private static let statements = [
        """
        UPDATE span SET
          left_min_us = CASE WHEN left_max_us IS NULL
            THEN max(coalesce(entered_max_us, :seen), :seen) ELSE left_min_us END,
          last_sample = CASE WHEN first_sample IS NOT NULL
            THEN max(first_sample, coalesce(:sample, first_sample)) END
        WHERE last_sample IS NULL AND connection_id IN (
          SELECT connection_id FROM stored_connection
          WHERE live = 1 AND recording_id = :recording AND has_spans = 1)
        """,
        """
        UPDATE further_owner SET until_us = max(from_us, :seen)
        WHERE until_us IS NULL AND connection_id IN (
          SELECT connection_id FROM stored_connection
          WHERE live = 1 AND recording_id = :recording)
        """,
        // The end of the full socket is what TIME-WAIT's entry is told against.
        """
        UPDATE live_connection AS l SET
          closed = CASE WHEN s.closed_max_us IS NULL THEN s.seen - s.base ELSE l.closed END,
          closed_width = CASE WHEN s.closed_max_us IS NULL THEN -1 ELSE l.closed_width END,
          tw_entered = l.tw_entered + CASE WHEN s.closed_max_us IS NULL
            THEN coalesce(l.closed, 0) - (s.seen - s.base) ELSE 0 END,
          tw_left = CASE WHEN s.tw_left_max_us IS NULL
            THEN max(s.tw_entered_max_us, :seen) - s.tw_entered_max_us - 60000000
            ELSE l.tw_left END,
          tw_left_width = CASE WHEN s.tw_left_max_us IS NULL AND s.tw_entered_max_us IS NOT NULL
            THEN -1 ELSE l.tw_left_width END,
          held = coalesce(l.held, max(0, coalesce(:sample, l.first_sample) - l.first_sample))
        FROM (
          SELECT c.connection_id, c.closed_max_us, c.tw_entered_max_us, c.tw_left_max_us,
            max(coalesce(c.opened_max_us, c.attempted_max_us, :seen), :seen) AS seen,
            d.origin_us + p.at AS base
          FROM stored_connection AS c
          JOIN live_connection AS p ON p.connection_id = c.connection_id
          JOIN side AS d ON d.side_id = p.side_id
          WHERE c.live = 1 AND c.recording_id = :recording) AS s
        WHERE s.connection_id = l.connection_id
        """,
        """
        INSERT INTO ended_connection SELECT * FROM live_connection
        WHERE side_id IN (SELECT side_id FROM side WHERE recording_id = :recording)
        """,
        """
        DELETE FROM live_connection
        WHERE side_id IN (SELECT side_id FROM side WHERE recording_id = :recording)
        """,
        """
        UPDATE listener SET last_seen_us = max(first_seen_us, :seen),
          last_sample = max(first_sample, coalesce(last_sample, :sample, first_sample))
        WHERE recording_id = :recording AND last_seen_us IS NULL
        """,
        """
        UPDATE datagram_socket SET last_seen_us = max(first_seen_us, :seen)
        WHERE recording_id = :recording AND last_seen_us IS NULL
        """,
        """
        UPDATE process SET last_seen_us = max(first_seen_us, :seen)
        WHERE recording_id = :recording AND last_seen_us IS NULL
        """,
        """
        UPDATE descriptor_span SET until_us = max(from_us, :seen)
        WHERE recording_id = :recording AND until_us IS NULL
        """,
        """
        UPDATE limit_span SET until_us = max(from_us, :seen)
        WHERE recording_id = :recording AND until_us IS NULL
        """,
        """
        UPDATE source_span SET until_us = max(from_us, :seen)
        WHERE recording_id = :recording AND until_us IS NULL
        """,
        """
        UPDATE namespace SET last_seen_us = max(first_seen_us, :seen)
        WHERE recording_id = :recording AND last_seen_us IS NULL
        """,
    ]

    let database: Database

    /// Ends the recording, at its last sample unless told when, and says when it ended.
    @discardableResult
    func close(recording: Int64, at moment: Int64? = nil, reason: String) throws -> Int64 {
        let last = try Row.fetchOne(
            database, sql: Self.lastSampleSQL, arguments: [recording])
        let started = try Int64.fetchOne(
            database, sql: Self.startSQL, arguments: [recording])
        let sample: Int64? = last?["sample_id"]
        let seen: Int64 = last?["sampled_us"] ?? started ?? 0
        let ended = moment ?? seen
        for sql in Self.statements {
            let statement = try database.makeStatement(sql: sql)
            var values: [String: (any DatabaseValueConvertible)?] = ["recording": recording]
            if sql.contains(":seen") { values["seen"] = seen }
            if sql.contains(":sample") { values.updateValue(sample, forKey: "sample") }
            try statement.execute(arguments: StatementArguments(values))
        }
        try database.execute(
            sql: Self.endSQL, arguments: ["ended": ended, "reason": reason, "recording": recording])
        return ended
    }
}
