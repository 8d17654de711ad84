import Testing

@Suite("A recording rebuilds the socket table as ss shows it")
struct AcceptanceTableTests {
    @Test("In a still moment the table at a sample equals ss -tan, IPv4, IPv6 and dual-stack")
    func tables() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "500ms")
            try await bench.expectTables(basis: "dump")
            try await bench.stop(recorder)
        }
    }
}
