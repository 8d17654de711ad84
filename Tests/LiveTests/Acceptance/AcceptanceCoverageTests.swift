import GRDB
import Testing

@Suite("A recording of dumps alone says how little it saw of short connections")
struct AcceptanceCoverageTests {
    private static let count = 1500

    @Test("Connections of 5 ms that the peer closes are covered to 5 % at most, and it says so")
    func shortConnections() async throws {
        try await Bench.run { peer in
            try await Bench.run { bench in
                try await bench.join(peer)
                let recorder = try await bench.record(interval: "1s")
                let generator = try bench.generate([
                    "short", "--count", "\(Self.count)", "--lifetime-ms", "5", "--rate", "150",
                    "--closer", "peer", "--from", "10.77.0.1", "--to", "10.77.0.2",
                    "--peer-netns", "/run/netns/\(peer.namespace)",
                ])
                let truths = try await bench.truths(of: generator)
                try await Task.sleep(for: .milliseconds(1200))
                try await bench.stop(recorder)
                #expect(truths.count == Self.count)
                try expectCoverage(bench)
            }
        }
    }

    private func expectCoverage(_ bench: Bench) throws {
        try bench.query { database in
            let row = try #require(
                try Row.fetchOne(
                    database,
                    sql: """
                        SELECT sum(kernel_opens) AS kernel, sum(active_kernel) AS active,
                          sum(recorded_opens) AS recorded, max(ratio) AS ratio
                        FROM coverage
                        """))
            #expect(row["kernel"] == Self.count)
            #expect(row["active"] == Self.count)
            let recorded: Int = row["recorded"]
            let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM connections")
            #expect(recorded == rows)
            #expect(recorded * 100 <= Self.count * 5, "\(recorded) recorded")
            let ratio: Double = row["ratio"]
            #expect(ratio <= 0.05)
        }
    }
}
