import GRDB
import Testing

@Suite("A recording of dumps alone holds the truth about lifetimes")
struct AcceptanceLifetimeTests {
    @Test("400 connections of 1 to 6 s are each recorded once at both ends, within true bounds")
    func lifetimes() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "500ms")
            let lives = ["lives", "--min-ms", "1000", "--max-ms", "6000", "--over-ms", "9000"]
            let generators = [
                try bench.generate(lives + ["--count", "200", "--seed", "1"]),
                try bench.generate(lives + ["--count", "100", "--seed", "2", "--ipv6"]),
                try bench.generate(lives + ["--count", "100", "--seed", "3", "--dual-stack"]),
            ]
            var truths: [Truth] = []
            for generator in generators { truths += try await bench.truths(of: generator) }
            try await Task.sleep(for: .milliseconds(1600))
            let table = try await bench.socketTable()
            try await bench.stop(recorder)
            try #require(truths.count == 400)

            let rows = try bench.query(RecordedConnection.all)
            let matches = Match.all(of: TruthEnd.all(of: truths), in: rows)
            for match in matches { try expect(match.row, tells: match.end) }
            try expectWaiting(matches, in: Set(table), pause: bench.longestPause())
            try expectNarrow(rows, bench)
        }
    }

    @Test("Connections whose 4-tuple came back within seconds are kept apart")
    func reuse() async throws {
        try await Bench.run { bench in
            // Some 100 ports for 200 connections whose TIME_WAITs last longer than the test.
            try await bench.inside([
                "sh", "-c", "echo 40000 40099 > /proc/sys/net/ipv4/ip_local_port_range",
            ])
            let recorder = try await bench.record(interval: "250ms")
            let truths = try await bench.truths(
                of: try bench.generate([
                    "lives", "--min-ms", "1000", "--max-ms", "2000", "--over-ms", "9000",
                    "--count", "200", "--seed", "7",
                ]))
            try await Task.sleep(for: .milliseconds(800))
            let table = try await bench.socketTable()
            try await bench.stop(recorder)
            let ends = TruthEnd.all(of: truths)
            let reopened = ends.count { $0.reopened != nil }
            #expect(reopened >= 100, "\(reopened) ends were opened again")
            let rows = try bench.query(RecordedConnection.all)
            let matches = Match.all(of: ends, in: rows)
            for match in matches {
                try expect(match.row, tells: match.end)
                try expectTimeWait(match.row, of: match.end)
            }
            try expectWaiting(matches, in: Set(table), pause: bench.longestPause())
        }
    }

    /// A TIME_WAIT that a sample saw ended as the 4-tuple was opened again.
    private func expectTimeWait(_ row: RecordedConnection, of end: TruthEnd) throws {
        guard row.enteredMaxUs != nil, let reopened = end.reopened else { return }
        #expect(
            row.endedBy == "reused",
            "\(end.label): \(row.endedBy ?? "") \(row.left), opened again \(reopened)")
        #expect(row.left.meets(reopened), "\(end.label): left \(row.left), true \(reopened)")
    }

    /// The end that closed first waits, the other does not. What ss shows to wait at the end of the
    /// recording is recorded so; a late segment may have ended a few before (RFC 1337).
    private func expectWaiting(
        _ matches: [Match], in table: Set<String>, pause: Int64
    ) throws {
        let closers = matches.filter { $0.end.closedFirst && $0.end.reopened == nil }
        let waiting = closers.filter { $0.end.waits(in: table) }
        #expect(
            waiting.count * 100 >= closers.count * 98, "\(waiting.count) of \(closers.count) wait")
        for match in waiting {
            let row = match.row
            #expect(row.enteredMaxUs != nil, "\(match.end.label): recorded \(row.summary)")
            #expect(row.endedBy == "open", "\(match.end.label): \(row.endedBy ?? "")")
        }
        for match in matches where match.end.closedFirst && match.end.reopened != nil {
            // One that was reused before the next sample was never there to be seen.
            if match.end.isBrief(pause) { continue }
            #expect(match.row.enteredMaxUs != nil, "\(match.end.label)")
        }
        for match in matches where !match.end.closedFirst {
            #expect(match.row.enteredMaxUs == nil, "\(match.end.label)")
        }
    }

    private func expectNarrow(_ rows: [RecordedConnection], _ bench: Bench) throws {
        let slowestDump = try bench.query {
            try Int64.fetchOne($0, sql: "SELECT max(dump_us) FROM samples") ?? 0
        }
        let widest = 2 * 500_000 + 2 * slowestDump
        let narrow = rows.filter {
            ($0.opened.width ?? .max / 2) + ($0.closed.width ?? .max / 2) <= widest
        }
        #expect(narrow.count * 100 >= rows.count * 98)
    }

    private func expect(_ row: RecordedConnection, tells end: TruthEnd) throws {
        let opened = try #require(end.opened)
        let first = try #require(end.truth.firstClose)
        let second = try #require(end.truth.secondClose)
        let closed = (end.closedFirst ? first.lowerBound : second.lowerBound)...second.upperBound
        #expect(row.opened.meets(opened), "\(end.label): opened \(row.opened), true \(opened)")
        #expect(row.closed.meets(closed), "\(end.label): closed \(row.closed), true \(closed)")
        #expect(row.censoring == "none", "\(end.label)")
        let shortest = Double(closed.lowerBound - opened.upperBound) / 1e6
        let longest = Double(closed.upperBound - opened.lowerBound) / 1e6
        let least = try #require(row.lifetimeMinS)
        let most = try #require(row.lifetimeMaxS)
        #expect(
            least <= longest && shortest <= most,
            "\(end.label): \(least)…\(most) s, true \(shortest)…\(longest) s")
        #expect(row.pid == end.pid, "\(end.label)")
        #expect(row.role == end.role, "\(end.label)")
        #expect(row.family == (end.truth.family == "ipv6" ? "ipv6" : "ipv4"))
        let closers = [end.closedFirst ? "local" : "peer", "unknown"]
        #expect(closers.contains(row.closedBy), "\(end.label): \(row.closedBy)")
    }
}
