import GRDB
import Testing

@Suite("What does not change costs no row")
struct AcceptanceStillTests {
    @Test("A still table adds nothing but the rows of its samples")
    func still() async throws {
        try await Bench.run { bench in
            // A process namespace of its own keeps other processes' comings and goings out.
            let words = try bench.recordWords(interval: "250ms").map {
                $0 == "10m" ? "30s" : $0
            }
            let holder = try Bench.product("TruthGenerator")
            let script = "\(holder) hold --count 200 --seconds 60 & exec \"$@\""
            let recorder = try bench.start(
                ["/usr/bin/unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
                    + ["/bin/sh", "-c", script, "sh"] + words)
            try await bench.until("the connections") { try bench.query(Self.connections) == 400 }
            // A change of a count of descriptors may take 10 s to be written, and the look that
            // writes it comes some seconds later on a host with much to do.
            try await Task.sleep(for: .seconds(18))
            let before = try bench.query(Self.rows)
            try await Task.sleep(for: .milliseconds(3000))
            let after = try bench.query(Self.rows)
            #expect(try await recorder.wait() == 0)

            let samples = (after["sample"] ?? 0) - (before["sample"] ?? 0)
            #expect(samples >= 8)
            for (table, count) in after {
                let more = table == "sample" || table == "namespace_sample" ? samples : 0
                #expect(count == (before[table] ?? 0) + more, "rows of \(table)")
            }
        }
    }

    private static func connections(_ database: Database) throws -> Int? {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM connections")
    }

    /// How many rows each table has.
    private static func rows(_ database: Database) throws -> [String: Int] {
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
        return try names.reduce(into: [:]) { rows, name in
            rows[name] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(name)\"")
        }
    }
}
