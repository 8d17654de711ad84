import GRDB
import Testing

@Suite("Between dumps, events make the socket table")
struct AcceptanceTableEventsTests {
    @Test("In a still moment a table that no dump gave equals ss -tan")
    func tables() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(
                interval: "500ms", capture: "dumps+events", ["--dump-every", "5m"])
            try await bench.expectTables(basis: "ledger")
            try await bench.stop(recorder)
            // The dump that ends the recording finds what was told.
            let drift = try bench.query {
                try Int.fetchOne($0, sql: "SELECT max(drift) FROM recorder_health")
            }
            #expect(drift == 0)
        }
    }
}
