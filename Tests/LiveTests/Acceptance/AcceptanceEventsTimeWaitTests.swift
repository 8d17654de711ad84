import GRDB
import Testing

@Suite("A recording with the kernel's events times TIME_WAIT itself")
struct AcceptanceEventsTimeWaitTests {
    /// The timer wheel's granule for 60 s at HZ 100, the coarsest: kernel/time/timer.c.
    private static let granule = 5.12

    @Test("300 TIME_WAITs: entry within 1 ms of the truth, end observed, owner and user named")
    func timeWaits() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "5s", capture: "dumps+events")
            let lives = ["lives", "--min-ms", "5", "--max-ms", "500", "--over-ms", "3000"]
            let generators = [
                try bench.generate(lives + ["--count", "200", "--seed", "8"]),
                try bench.generate(lives + ["--count", "50", "--seed", "9", "--ipv6"]),
                try bench.generate(lives + ["--count", "50", "--seed", "10", "--dual-stack"]),
            ]
            var truths: [Truth] = []
            for generator in generators { truths += try await bench.truths(of: generator) }
            try #require(truths.count == 300)
            let waiting = Set(try await bench.socketTable())
            try await Task.sleep(for: .milliseconds(67_000))
            try await bench.stop(recorder)

            let rows = try bench.query(RecordedConnection.all).filter { $0.enteredMaxUs != nil }
            let ends = TruthEnd.all(of: truths).filter(\.closedFirst)
            let matches = Match.all(of: ends, in: rows)
            #expect(matches.count == 300)
            var near = 0
            for match in matches where try isNear(match.row, match.end) { near += 1 }
            #expect(near >= 297, "\(near) of 300 entries lie within 1 ms of the truth")
            let expected = matches.filter { $0.end.reopened != nil || $0.end.waits(in: waiting) }
            #expect(expected.count >= 297)
            for match in expected { expectEnd(match.row, of: match.end) }
            try expectRestarts(bench)
        }
    }

    /// The peer's close, without the time that a soft interrupt may take, give or take 1 ms.
    private func isNear(_ row: RecordedConnection, _ end: TruthEnd) throws -> Bool {
        let entry = try #require(end.truth.secondClose)
        let called = entry.lowerBound...entry.upperBound - Truth.softInterrupt
        #expect(row.timeWaitPid == end.pid, "\(end.label)")
        #expect(row.uid == 0, "\(end.label)")
        let point = try #require(row.enteredUs)
        return called.lowerBound - 1000...called.upperBound + 1000 ~= point
    }

    private func expectEnd(_ row: RecordedConnection, of end: TruthEnd) {
        #expect(row.left.width == 0, "\(end.label): its end was observed: \(row.left)")
        if let reopened = end.reopened {
            #expect(row.endedBy == "reused", "\(end.label): \(row.endedBy ?? "")")
            #expect(row.left.meets(reopened), "\(end.label): left \(row.left), true \(reopened)")
            return
        }
        #expect(row.endedBy == "expired", "\(end.label): \(row.endedBy ?? "")")
        let duration = row.durationS ?? 0
        #expect((59.99...60 + Self.granule).contains(duration), "\(end.label): \(duration) s")
    }

    /// Nothing restarted a timer.
    private func expectRestarts(_ bench: Bench) throws {
        let sql = "SELECT count(*) FROM time_waits WHERE restarts <> 0"
        #expect(try bench.query { try Int.fetchOne($0, sql: sql) } == 0)
    }
}
