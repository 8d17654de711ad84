import GRDB

// What was carried over is brought to where it keeps every rule. What cannot be is left out.
extension Salvage {
    private static let recordingsSQL = """
        SELECT recording_id FROM sample UNION SELECT recording_id FROM side
        EXCEPT SELECT recording_id FROM recording
        """
    /// All that is left of such a recording: a side knows when it began, samples how it went.
    private static let recordingSQL = """
        INSERT OR IGNORE INTO recording (
          recording_id, recording_uuid, host, boot_id, kernel, version, interval_us, started_us)
        SELECT ?1, 'lost-' || ?1, 'unknown', 'unknown', 'unknown', 'unknown',
          coalesce((max(sampled_us) - min(sampled_us)) / nullif(count(*) - 1, 0), 1000000),
          coalesce((SELECT min(origin_us) FROM side WHERE recording_id = ?1), min(sampled_us), 0)
        FROM sample WHERE recording_id = ?1
        """
    private static let keysSQL = """
        SELECT k."from" AS own, k."table" AS parent, k."to" AS theirs
        FROM pragma_foreign_key_list(?) AS k
        """
    /// What a recording of the new file says of it: read by reports beside its other sources.
    private static let sourceSQL = """
        INSERT INTO source_span (recording_id, source, from_us, until_us, lost, reason)
        SELECT recording_id, 'repair', started_us, max(started_us, coalesce(ended_us, started_us)),
          nullif(?1, 0), ?2
        FROM recording
        """
    private static let tables = [
        "live_connection", "ended_connection", "span", "missed", "further_owner",
    ]

    /// Mends what refers to what is lost, ends what was open, and leaves out what breaks a rule.
    func mend() throws {
        try rebuildRecordings()
        try forgetAddresses()
        try remove(
            "live_connection", "connection_id IN (SELECT connection_id FROM ended_connection)")
        try mendReferences()
        let open = try Int64.fetchAll(
            database, sql: "SELECT recording_id FROM recording WHERE ended_us IS NULL")
        for recording in open {
            try RecordingCloser(database: database).close(recording: recording, reason: "crashed")
        }
        try keepOrder()
        try keepRules()
        try boundLosses()
        guard !report.isWhole else { return }
        try distrustCounts()
        let pages = report.tables.reduce(0) { $0 + $1.pagesLost }
        let rows = report.tables.reduce(0) { $0 + $1.leftOut }
        let reason = "carried over from a damaged file: rows left out \(rows), pages lost \(pages)"
        try database.execute(sql: Self.sourceSQL, arguments: [rows, reason])
        change("source_span") { $0.salvaged += database.changesCount }
    }

    private func rebuildRecordings() throws {
        for recording in try Int64.fetchAll(database, sql: Self.recordingsSQL) {
            try database.execute(sql: Self.recordingSQL, arguments: [recording])
            guard database.changesCount > 0 else { continue }
            change("recording") { $0.salvaged += 1 }
            note("recording \(recording) is told by its samples alone: its host is lost")
        }
    }

    /// An address that is lost is one that is not known, which is 0.0.0.0 or ::.
    private func forgetAddresses() throws {
        var forgotten = 0
        for (table, column) in [
            ("side", "local_address_id"), ("live_connection", "peer_address_id"),
            ("ended_connection", "peer_address_id"), ("datagram_socket", "peer_address_id"),
        ] {
            let condition = "\(column) NOT IN (SELECT address_id FROM address)"
            let isNeeded = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(condition))")
            guard isNeeded == true else { continue }
            try database.execute(
                sql: """
                    INSERT OR IGNORE INTO address (family, address) VALUES (4, '0.0.0.0');
                    UPDATE \(table) SET \(column) =
                      (SELECT address_id FROM address WHERE address = '0.0.0.0')
                    WHERE \(condition);
                    """)
            forgotten += database.changesCount
        }
        if forgotten > 0 { note("\(forgotten) rows refer to an address that is lost") }
    }

    /// What may be unknown becomes so; a row that says nothing without it goes, and with it what
    /// refers to it.
    private func mendReferences() throws {
        var isChanged = true
        while isChanged {
            isChanged = false
            for layout in layouts {
                for key in try Row.fetchAll(
                    database, sql: Self.keysSQL, arguments: [layout.name])
                {
                    isChanged = try mend(layout, key) || isChanged
                }
            }
        }
    }

    /// Whether rows went.
    private func mend(_ layout: TableLayout, _ key: Row) throws -> Bool {
        let (own, parent, theirs): (String, String, String) = (
            key["own"], key["parent"], key["theirs"]
        )
        let condition = """
            \(own) IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM \(parent) AS p WHERE p.\(theirs) = \(layout.name).\(own))
            """
        let isRequired = layout.columns.first { $0.name == own }?.isRequired ?? true
        guard !isRequired else { return try remove(layout.name, condition) }
        try database.execute(sql: "UPDATE \(layout.name) SET \(own) = NULL WHERE \(condition)")
        let count = database.changesCount
        if count > 0 { note("\(count) rows of \(layout.name) have lost their \(parent)") }
        return false
    }

    /// Leaves rows out, and says whether there were any.
    @discardableResult
    func remove(_ table: String, _ condition: String) throws -> Bool {
        try database.execute(sql: "DELETE FROM \(table) WHERE \(condition)")
        let count = database.changesCount
        change(table) { table in
            table.salvaged -= count
            table.leftOut += count
        }
        return count > 0
    }

    private func keepRules() throws {
        try database.execute(
            sql: "CREATE TEMP TABLE IF NOT EXISTS broken (id INTEGER PRIMARY KEY)")
        var isChanged = true
        while isChanged {
            isChanged = false
            for rule in LedgerRule.all { isChanged = try keep(rule) || isChanged }
        }
        try database.execute(sql: "DROP TABLE IF EXISTS temp.broken")
    }

    /// Whether something broke it.
    private func keep(_ rule: LedgerRule) throws -> Bool {
        try proceed()
        let broken = try Int64.fetchSet(database, sql: rule.sql)
        guard !broken.isEmpty else { return false }
        try database.execute(sql: "DELETE FROM temp.broken")
        let insert = try database.makeStatement(sql: "INSERT INTO temp.broken VALUES (?)")
        for id in broken { try insert.execute(arguments: [id]) }
        try leaveOut(rule.subject)
        return true
    }

    private func leaveOut(_ subject: LedgerRule.Subject) throws {
        switch subject {
        case .connection:
            for table in Self.tables {
                try remove(table, "connection_id IN (SELECT id FROM temp.broken)")
            }
        case .sample:
            // The first of them alone: the others may be sound without it.
            for table in ["missed", "namespace_sample", "sample"] {
                try remove(table, "sample_id = (SELECT min(id) FROM temp.broken)")
            }
        case .recording:
            try database.execute(
                sql: """
                    UPDATE recording SET ended_us = started_us
                    WHERE recording_id IN (SELECT id FROM temp.broken)
                    """)
        }
    }

    /// A sample whose counts the rows that are left do not give again was not told whole.
    private func distrustCounts() throws {
        let samples = try Int64.fetchAll(
            database, sql: LedgerRule.comparedSamplesSQL, arguments: [Int64.max / 2])
        var distrusted = 0
        for sample in samples {
            try proceed()
            let fault = try String.fetchOne(
                database, sql: LedgerRule.countsSQL, arguments: ["sample": sample])
            guard fault != nil else { continue }
            try database.execute(
                sql: "UPDATE sample SET complete = 0 WHERE sample_id = ?", arguments: [sample])
            distrusted += 1
        }
        if distrusted > 0 {
            note(
                "\(distrusted) of \(samples.count) samples have lost some of their sockets and are "
                    + "marked as incomplete")
        }
    }
}
