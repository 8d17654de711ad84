import GRDB
import Testing

@testable import Store

@Suite("The socket table at a sample")
struct SocketTableTests {
    let folder: TemporaryFolder
    let database: DatabaseQueue

    init() throws {
        folder = try TemporaryFolder()
        database = try emptyRecording(in: folder)
        try database.run(HandMadeRows.sql)
    }

    private func table(_ sample: Int) throws -> [String] {
        try database.lines(
            """
            SELECT connection_id, state, peer_address, peer_port FROM socket_table
            WHERE sample_id = \(sample) ORDER BY connection_id
            """)
    }

    @Test("Each sample shows who was there, in the state of that moment")
    func rows() throws {
        let listener = "|LISTEN|::|0"
        #expect(
            try table(1) == [listener, "1|ESTAB|10.0.0.2|5001", "2|ESTAB|10.0.0.2|5002"])
        #expect(
            try table(2) == [
                listener, "1|ESTAB|10.0.0.2|5001", "2|TIME-WAIT|10.0.0.2|5002",
                "3|ESTAB|10.0.0.2|5003",
            ])
        #expect(
            try table(3) == [
                listener, "2|TIME-WAIT|10.0.0.2|5002", "3|CLOSE-WAIT|10.0.0.2|5003",
                "5|ESTAB|10.0.0.2|5005",
            ])
        #expect(
            try table(4) == [
                listener, "3|CLOSE-WAIT|10.0.0.2|5003", "5|ESTAB|10.0.0.2|5005",
                "6|TIME-WAIT|10.0.0.2|5006",
            ])
    }

    @Test("A row names its owner and its sample")
    func columns() throws {
        #expect(
            try database.lines(
                """
                SELECT sample_id, sampled_at, basis, recording_id, transport, family, netns,
                  interface, local_address, local_port, role, process_id, pid, comm, uid, cookie
                FROM socket_table WHERE sample_id = 3 AND coalesce(connection_id, 3) = 3
                ORDER BY connection_id
                """) == [
                    "3|2001-09-09T01:46:45.000000Z|ledger|1|tcp|ipv6|9||::|80|server|1|77|nginx"
                        + "|33|100",
                    "3|2001-09-09T01:46:45.000000Z|ledger|1|tcp|ipv4||4|10.0.0.1|80|client|||||",
                ])
    }

    @Test("A live connection is not in the table of another recording")
    func otherRecording() throws {
        try database.run(
            """
            INSERT INTO recording VALUES (2, 'w', 'h', 'b', 'k', 'v', 1, 1000000009000000, NULL,
              NULL);
            INSERT INTO sample (sample_id, recording_id, sampled_us, basis, complete,
              next_connection_id) VALUES (5, 2, 1000000009000000, 0, 1, 7);
            """)
        #expect(try table(5).isEmpty)
    }

    /// Adds samples 5 to 2000 and lives of all lengths around the width of the range of ids.
    private func addHistory() throws {
        try database.run(
            """
            WITH RECURSIVE k(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM k WHERE i < 2000)
            INSERT INTO sample (sample_id, recording_id, sampled_us, basis, complete,
              next_connection_id)
            SELECT i, 1, 1000000000000000 + i * 1000000, 0, 1, 7 + (i - 4) * 3 FROM k;
            WITH RECURSIVE k(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM k WHERE i < 2000),
            life(id, first, length) AS (
              SELECT 4 + (i - 4) * 3, i, i % 3 FROM k
              UNION ALL SELECT 5 + (i - 4) * 3, i, 60 + i % 120 FROM k
              UNION ALL SELECT 6 + (i - 4) * 3, i, (i * 37) % 1500 FROM k)
            INSERT INTO plain_ended_connection
            SELECT id, 1, 9, 0, 1, 80, 2, 1 + id, 2, 1, 33, id, 1, NULL, NULL,
              1000000000000000 + first * 1000000, 1000000000000000 + first * 1000000,
              1000000000000000 + (first + length) * 1000000,
              1000000000000000 + (first + length) * 1000000, 1, 1, NULL, NULL, NULL, NULL, NULL,
              NULL, first, first + length, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
              NULL, NULL
            FROM life WHERE id > 6;
            """)
    }

    @Test("Lives of every length are found", arguments: [5, 100, 101, 102, 165, 166, 900, 2000])
    func everyLength(sample: Int) throws {
        try addHistory()
        let expected = try database.lines(
            """
            SELECT connection_id FROM stored_connection
            WHERE live = 0 AND first_sample <= \(sample) AND last_sample >= \(sample) AND has_spans = 0
            ORDER BY connection_id
            """)
        #expect(expected.count >= 3)
        #expect(
            try database.lines(
                """
                SELECT connection_id FROM socket_table
                WHERE sample_id = \(sample) AND connection_id > 6 ORDER BY connection_id
                """) == expected.filter { Int($0) ?? 0 > 6 })
    }

    static let questions = [
        "SELECT * FROM socket_table WHERE sample_id = 900",
        """
        SELECT * FROM socket_table WHERE sample_id = (
          SELECT max(sample_id) FROM samples WHERE sampled_us <= 1000000900000000)
        """,
        """
        SELECT state, count(*) FROM socket_table WHERE sample_id = (
          SELECT max(sample_id) FROM samples WHERE sampled_us <= 1000000900000000) GROUP BY state
        """,
        """
        SELECT s.sample_id, count(*) FROM samples AS s JOIN socket_table USING (sample_id)
        WHERE s.sample_id BETWEEN 900 AND 902 GROUP BY s.sample_id
        """,
    ]

    @Test("No question about a sample reads the history of connections", arguments: questions)
    func plan(question: String) throws {
        try addHistory()
        let plan = try database.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + question)
                .map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.hasPrefix("SEARCH e USING INTEGER PRIMARY KEY") })
        #expect(plan.contains { $0.hasPrefix("SEARCH g USING INDEX ended_connection_long") })
        #expect(!plan.contains { $0.hasPrefix("SCAN e") || $0.hasPrefix("SCAN g") })
        #expect(!plan.contains { $0.contains("AUTOMATIC") })
    }

    @Test(
        "Nor does the scan that a whole table is made of",
        arguments: [
            (SocketTableScan.rangeSQL, "SEARCH z USING INTEGER PRIMARY KEY"),
            (SocketTableScan.shortSQL, "SEARCH c USING INTEGER PRIMARY KEY"),
            (SocketTableScan.longSQL, "SEARCH c USING INDEX ended_connection_long"),
            (SocketTableScan.liveSQL, "SEARCH c USING INTEGER PRIMARY KEY"),
        ])
    func scanPlan(sql: String, expected: String) throws {
        try addHistory()
        let values = [":sample": "900", ":first": "1", ":last": "900"]
        let question = values.reduce(sql) { $0.replacing($1.key, with: $1.value) }
        let plan = try database.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + question)
                .map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.hasPrefix(expected) }, "\(plan)")
        let scans = plan.filter { $0.hasPrefix("SCAN") && $0 != "SCAN CONSTANT ROW" }
        #expect(scans.isEmpty && !plan.contains { $0.contains("AUTOMATIC") }, "\(plan)")
    }

    @Test("The scan finds the sockets of the view", arguments: [5, 100, 101, 165, 166, 900, 2000])
    func scan(sample: Int) throws {
        try addHistory()
        let expected = try database.lines(
            """
            SELECT connection_id FROM socket_table
            WHERE sample_id = \(sample) AND connection_id IS NOT NULL ORDER BY connection_id
            """)
        var found: [Int64] = []
        try database.read { database in
            let sample = Int64(sample)
            let ids = try SocketTableScan.range(database, sample: sample)
            // As readers of their own would share them.
            let middle = (ids.lowerBound + ids.upperBound) / 2
            for part in [ids.lowerBound...middle, (middle + 1)...(ids.upperBound + 1)] {
                try SocketTableScan.short(database, sample: sample, part) {
                    found.append($0.connection)
                }
            }
            try SocketTableScan.others(database, sample: sample) { found.append($0.connection) }
        }
        #expect(found.sorted().map { "\($0)" } == expected)
    }
}
