import GRDB
import Testing

@Suite("A recording with destroy messages counts what it cannot time")
struct AcceptanceClosesTests {
    private static let count = 1000

    @Test("Connections of 5 ms are recorded once at both ends, their close within true bounds")
    func rapid() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "1s", capture: "dumps+closes")
            // When the first message after a pause was sent is known to 100 ms.
            try await Task.sleep(for: .milliseconds(200))
            let truths = try await bench.truths(
                of: try bench.generate([
                    "rapid", "--count", "\(Self.count)", "--rate", "500", "--lifetime-ms", "5",
                ]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            #expect(truths.count == Self.count)
            let rows = try bench.query(RecordedConnection.all)
            #expect(rows.count <= 2 * Self.count, "\(rows.count) rows: some are doubled")
            #expect(rows.count * 1000 >= 2 * Self.count * 999, "\(rows.count) rows")
            expectEnds(rows, truths)
            try expectCoverage(bench)
        }
    }

    /// The end that resets is told without its 4-tuple; all others are found by it.
    private func expectEnds(_ rows: [RecordedConnection], _ truths: [Truth]) {
        let named = TruthEnd.all(of: truths).filter {
            $0.truth.name == "rapid_fin" || !$0.closedFirst
        }
        let matches = Match.each(of: named, in: rows)
        var right = 0
        var untold = 0
        for match in matches {
            let (row, end) = (match.row, match.end)
            let isReset = end.truth.name == "rapid_reset"
            let kinds = ["unknown", isReset ? "reset" : "fin"]
            let closers = ["unknown", end.closedFirst ? "local" : "peer"]
            #expect(kinds.contains(row.closeKind), "\(end.label): \(row.closeKind)")
            #expect(closers.contains(row.closedBy), "\(end.label): \(row.closedBy)")
            #expect(["unknown", end.role].contains(row.role), "\(end.label): \(row.role)")
            #expect(row.closedMaxUs != nil, "\(end.label)")
            #expect(
                row.closed.width ?? .max <= 1_000_000 + 300_000 * Bench.slowness,
                "\(end.label): \(row.closed)")
            if !isReset { #expect((row.enteredMaxUs != nil) == end.closedFirst, "\(end.label)") }
            if !isReset, row.bytesSent == 0 {
                // No message told of its end: the counts are those of the dump that saw it.
                untold += 1
            } else {
                end.expectPayload(row, orMiss: true)
            }
            if row.closedBy != "unknown", row.closeKind != "unknown" { right += 1 }
        }
        #expect(right > 0, "no closer is known")
        #expect(untold * 100 <= matches.count, "no message told of \(untold) ends")
    }

    private func expectCoverage(_ bench: Bench) throws {
        let sql = """
            SELECT sum(kernel_opens) AS kernel, sum(recorded_opens) AS recorded, max(ratio) AS ratio
            FROM coverage
            """
        let row = try #require(try bench.query { try Row.fetchOne($0, sql: sql) })
        #expect(row["kernel"] == 2 * Self.count)
        // A message of an end that reset has no 4-tuple: it may as well be of a refused attempt.
        let recorded: Int = row["recorded"]
        let named = 2 * Self.count - Self.count / 3
        #expect(recorded * 1000 >= named * 999, "\(recorded) recorded of \(named)")
        #expect(row["ratio"] ?? 9 <= 1.0)
    }

    @Test("Every way to end is told as far as destroy messages know it, and no row is doubled")
    func endings() async throws {
        try await Bench.run { bench in
            try await bench.inside([
                "sh", "-c", "echo 4 > /proc/sys/net/ipv4/tcp_fin_timeout",
            ])
            let recorder = try await bench.record(interval: "500ms", capture: "dumps+closes")
            let truths = try await bench.truths(
                of: try bench.generate(["endings", "--hold-ms", "1500"]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            let opened = TruthEnd.all(of: truths).filter { $0.truth.name != "refused" }
            let rows = try bench.query(RecordedConnection.all).filter { $0.openedMaxUs != nil }
            for match in Match.all(of: opened, in: rows) {
                let ending = try #require(Ending(match.end))
                let (row, label) = (match.row, match.end.label)
                #expect(row.closed.meets(ending.closed), "\(label): closed \(row.closed)")
                #expect(ending.closedBy.contains(row.closedBy), "\(label): \(row.closedBy)")
                #expect(ending.closeKinds.contains(row.closeKind), "\(label): \(row.closeKind)")
            }
        }
    }
}
