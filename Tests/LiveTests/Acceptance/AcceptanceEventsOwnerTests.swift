import GRDB
import Testing

@Suite("A recording with the kernel's events names owners that are gone")
struct AcceptanceEventsOwnerTests {
    private static let uid: Int64 = 43_210

    @Test("Process and user of connections of 1 ms are known after their process is gone")
    func owners() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "1s", capture: "dumps+events")
            let truths = try await bench.truths(
                of: try bench.generate([
                    "fleeting", "--count", "100", "--uid", "\(Self.uid)", "--lifetime-us", "1000",
                ]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            let rows = try bench.query(RecordedConnection.all)
            let matches = Match.all(of: TruthEnd.all(of: truths), in: rows)
            #expect(matches.count == 200)
            for match in matches {
                let (row, end) = (match.row, match.end)
                #expect(row.pid == end.pid, "\(end.label): process \(row.pid ?? 0)")
                #expect(row.uid == (end.isClient ? Self.uid : 0), "\(end.label): \(row.uid ?? -1)")
                #expect(row.comm == "TruthGenerator", "\(end.label): \(row.comm ?? "")")
                if end.isClient { #expect(row.timeWaitPid == end.pid, "\(end.label)") }
                #expect(row.closedBy == (end.isClient ? "local" : "peer"), "\(end.label)")
                end.expectPayload(row)
            }
        }
    }
}
