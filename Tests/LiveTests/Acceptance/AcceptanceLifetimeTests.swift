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
            try await bench.stop(recorder)
            try #require(truths.count == 400)

            let rows = try bench.query(RecordedConnection.all)
            #expect(rows.count == 800)
            let byTuple = Dictionary(grouping: rows, by: \.tuple)
            for end in truths.flatMap(\.ends) {
                let found = byTuple[end.tuple] ?? []
                #expect(found.count == 1, "\(end.label)")
                for row in found { try expect(row, tells: end) }
            }
            let slowestDump = try bench.query {
                try Int64.fetchOne($0, sql: "SELECT max(dump_us) FROM samples") ?? 0
            }
            let widest = 2 * 500_000 + 2 * slowestDump
            let narrow = rows.filter {
                ($0.opened.width ?? .max / 2) + ($0.closed.width ?? .max / 2) <= widest
            }
            #expect(narrow.count * 100 >= rows.count * 98)
        }
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
        #expect((row.enteredMaxUs != nil) == end.closedFirst, "\(end.label): a TIME_WAIT")
        let closers = [end.closedFirst ? "local" : "peer", "unknown"]
        #expect(closers.contains(row.closedBy), "\(end.label): \(row.closedBy)")
    }
}
