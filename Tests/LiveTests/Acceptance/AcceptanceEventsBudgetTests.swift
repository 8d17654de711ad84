import GRDB
import Testing

@Suite("A recorder sheds events over its budget, and says so")
struct AcceptanceEventsBudgetTests {
    @Test("With almost no budget it sheds, tells when and why, and its coverage stays true")
    func shed() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(
                interval: "1s", capture: "dumps+events", ["--event-budget", "0.1%"])
            let output = try await churn(bench, seconds: 6 * Int(Bench.slowness))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            let shed = """
                SELECT count(*) FROM sources
                WHERE reason LIKE 'shed%' AND until_us > from_us
                """
            #expect(try number(bench, shed) ?? 0 > 0, "no shedding was recorded")
            try expectTrue(bench, opened: output)
            #expect(try number(bench, "SELECT sum(active_recorded) FROM coverage") ?? 0 < output)
        }
    }

    @Test("Without a budget nothing is shed")
    func whole() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(
                interval: "1s", capture: "dumps+events", ["--event-budget", "off"])
            let opened = try await churn(bench, seconds: 3)
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            let shed = "SELECT count(*) FROM sources WHERE reason LIKE 'shed%'"
            #expect(try number(bench, shed) == 0)
            try expectTrue(bench, opened: opened)
            try bench.expectCoverage(active: opened, passive: opened)
        }
    }

    /// Opens and closes; gives how many the generator counted.
    private func churn(_ bench: Bench, seconds: Int) async throws -> Int {
        let generator = try bench.generate([
            "churn", "--rate", "3000", "--seconds", "\(seconds)", "--processes", "1",
        ])
        guard try await generator.wait() == 0 else { throw BenchError(generator.errors) }
        let line = generator.output.split(separator: "\n").dropFirst().first ?? ""
        return Int(line.split(separator: ",").first ?? "") ?? 0
    }

    /// The kernel's count is the truth, and no more is said to be recorded than there are rows.
    private func expectTrue(_ bench: Bench, opened: Int) throws {
        #expect(try number(bench, "SELECT sum(active_kernel) FROM coverage") == opened)
        #expect(try number(bench, "SELECT sum(passive_kernel) FROM coverage") == opened)
        let recorded = try number(bench, "SELECT sum(recorded_opens) FROM coverage")
        #expect(recorded == (try number(bench, "SELECT count(*) FROM connections")))
        #expect(recorded ?? .max <= 2 * opened)
    }

    private func number(_ bench: Bench, _ sql: String) throws -> Int? {
        try bench.query { try Int.fetchOne($0, sql: sql) }
    }
}
