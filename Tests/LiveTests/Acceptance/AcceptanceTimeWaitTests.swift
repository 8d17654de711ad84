import GRDB
import Testing

@Suite("A recording of dumps alone holds the truth about TIME_WAIT")
struct AcceptanceTimeWaitTests {
    /// tcp_tw's timer wheel at HZ 250: kernel/time/timer.c, LVL_GRAN of the level for 60 s.
    private static let timerGranule = 2.048
    private static let interval = 1.0

    @Test("300 TIME_WAITs are timed to 10 ms, named by owner, and expire after 60 s")
    func timeWaits() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "1s")
            let lives = ["lives", "--min-ms", "2000", "--max-ms", "2000", "--over-ms", "4000"]
            let generators = [
                try bench.generate(lives + ["--count", "200", "--seed", "4"]),
                try bench.generate(lives + ["--count", "50", "--seed", "5", "--ipv6"]),
                try bench.generate(lives + ["--count", "50", "--seed", "6", "--dual-stack"]),
            ]
            var truths: [Truth] = []
            for generator in generators { truths += try await bench.truths(of: generator) }
            try #require(truths.count == 300)
            let waiting = Set(try await bench.socketTable())
            try await Task.sleep(for: .milliseconds(66_000))
            try await bench.stop(recorder)

            let rows = try bench.query(RecordedConnection.all).filter { $0.enteredMaxUs != nil }
            let ends = TruthEnd.all(of: truths).filter(\.closedFirst)
            #expect(ends.count == 300)
            let pause = try bench.longestPause()
            let matches = Match.all(of: ends, in: rows) {
                $0.isBrief(pause) || !$0.waits(in: waiting)
            }
            #expect(matches.count >= 297)
            try expectEntries(matches)
            for match in matches where match.end.reopened != nil || match.end.waits(in: waiting) {
                try expectEnd(match.row, of: match.end)
            }
        }
    }

    private func expectEntries(_ matches: [Match]) throws {
        var near = 0
        var widths: [Int64] = []
        for match in matches {
            let (row, end) = (match.row, match.end)
            let entry = try #require(end.truth.secondClose)
            #expect(row.entered.meets(entry), "\(end.label): \(row.entered), true \(entry)")
            #expect(row.timeWaitPid == end.pid, "\(end.label)")
            let point = try #require(row.enteredUs)
            if entry.lowerBound - 10_000...entry.upperBound + 10_000 ~= point { near += 1 }
            widths.append(row.entered.width ?? .max)
        }
        #expect(near >= 297, "\(near) of 300 entries lie within 10 ms of the truth")
        let median = widths.sorted()[widths.count / 2]
        #expect(median <= 10_000, "the median width of an entry is \(median) µs")
    }

    /// One whose 4-tuple was opened again within the 60 s ended by that.
    private func expectEnd(_ row: RecordedConnection, of end: TruthEnd) throws {
        if let reopened = end.reopened {
            #expect(row.endedBy == "reused", "\(end.label): \(row.endedBy ?? "")")
            #expect(row.left.meets(reopened), "\(end.label): left \(row.left), true \(reopened)")
            return
        }
        #expect(row.endedBy == "expired", "\(end.label): \(row.endedBy ?? "")")
        let width = Double((row.entered.width ?? 0) + (row.left.width ?? 0)) / 1e6
        let longest = 60 + Self.timerGranule + Self.interval + width
        #expect((row.durationMaxS ?? 0) >= 60, "\(row.tuple): \(row.durationMaxS ?? 0) s")
        #expect((row.durationS ?? 0) >= 60, "\(row.tuple): \(row.durationS ?? 0) s")
        #expect((row.durationS ?? 99) <= longest, "\(row.tuple): \(row.durationS ?? 99) s")
    }
}
