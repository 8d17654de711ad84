import GRDB
import Glibc
import Testing

@Suite("A recording rebuilds the socket table as ss shows it")
struct AcceptanceTableTests {
    @Test("In a still moment the table at a sample equals ss -tan, IPv4, IPv6 and dual-stack")
    func tables() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "500ms")
            let generator = try bench.generate(["endings", "--hold-ms", "6000"])
            // Every third hold shows other states; each is still but for its first moments.
            for (pause, states) in [
                (4000, ["ESTAB", "LISTEN"]),
                (4800, ["CLOSE-WAIT", "ESTAB", "FIN-WAIT-1", "FIN-WAIT-2", "LISTEN", "TIME-WAIT"]),
                (4800, ["CLOSE-WAIT", "CLOSING", "ESTAB", "FIN-WAIT-2", "LISTEN", "TIME-WAIT"]),
            ] {
                try await Task.sleep(for: .milliseconds(pause))
                try await expectTable(bench, showing: states)
            }
            generator.send(SIGKILL)
            try await bench.stop(recorder)
        }
    }

    private func expectTable(_ bench: Bench, showing states: [String]) async throws {
        let before = try await bench.socketTable()
        let sample = try latest(bench)
        try await bench.until("two more samples") { try self.latest(bench) >= sample + 2 }
        let after = try await bench.socketTable()
        try #require(before == after, "the table is still")
        let rebuilt = try rebuild(bench, sample + 1)
        #expect(rebuilt == before)
        let shown = Set(before.compactMap { $0.split(separator: " ").first.map(String.init) })
        #expect(shown == Set(states))
    }

    private func latest(_ bench: Bench) throws -> Int {
        try bench.query { try Int.fetchOne($0, sql: "SELECT max(sample_id) FROM samples") ?? 0 }
    }

    private func rebuild(_ bench: Bench, _ sample: Int) throws -> [String] {
        try bench.query { database in
            let sql = """
                SELECT state || ' ' || local_address || ' ' || local_port || ' ' || peer_address
                  || ' ' || peer_port || iif((state = 'LISTEN') = (connection_id IS NULL), '', ' ?')
                FROM socket_table WHERE sample_id = ?
                """
            return try String.fetchAll(database, sql: sql, arguments: [sample]).sorted()
        }
    }
}
