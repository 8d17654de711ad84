import GRDB
import Testing

@Suite("A recording with the kernel's events misses nothing that is short")
struct AcceptanceEventsRapidTests {
    private static let count = 5000

    @Test("Connections of 5 ms are each recorded once at both ends, to half a millisecond")
    func rapid() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(
                interval: "1s", capture: "dumps+events", ["--event-budget", "off"])
            let truths = try await bench.truths(
                of: try bench.generate([
                    "rapid", "--count", "\(Self.count)", "--rate", "1500", "--lifetime-ms", "5",
                ]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            #expect(truths.count == Self.count)
            let rows = try bench.query(RecordedConnection.all)
            let matches = expectRecall(rows, truths)
            try expectTimes(matches)
            expectVerdicts(matches)
            try bench.expectCoverage(active: Self.count, passive: Self.count)
        }
    }

    @Test("They are so over IPv6 and dual-stack", arguments: ["--ipv6", "--dual-stack"])
    func families(_ family: String) async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "1s", capture: "auto")
            let truths = try await bench.truths(
                of: try bench.generate([
                    "rapid", "--count", "600", "--rate", "600", "--lifetime-ms", "5", family,
                ]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            let matches = expectRecall(try bench.query(RecordedConnection.all), truths)
            expectVerdicts(matches)
            for match in matches {
                #expect(match.row.family == (family == "--ipv6" ? "ipv6" : "ipv4"))
            }
            try bench.expectCoverage(active: 600, passive: 600)
        }
    }

    /// At least 999 in 1000 ends have a row, none has two, and no row tells of something else.
    private func expectRecall(_ rows: [RecordedConnection], _ truths: [Truth]) -> [Match] {
        let ends = TruthEnd.all(of: truths)
        let matches = Match.all(of: ends, in: rows, orMiss: { _ in true })
        #expect(matches.count * 1000 >= ends.count * 999, "\(matches.count) of \(ends.count)")
        #expect(rows.count <= ends.count)
        return matches
    }

    private func expectTimes(_ matches: [Match]) throws {
        var errors: [Double] = []
        var exact = 0
        for match in matches {
            let (row, end) = (match.row, match.end)
            if row.opened.width == 0, row.closed.width == 0 { exact += 1 }
            let truth = try #require(end.lifetime)
            let least = try #require(row.lifetimeMinS)
            let most = try #require(row.lifetimeMaxS)
            #expect(least <= truth.upperBound && truth.lowerBound <= most, "\(end.label)")
            // Where the generator was held up between two readings, the truth itself is vague.
            guard truth.upperBound - truth.lowerBound <= 0.001 else { continue }
            let middle = (truth.lowerBound + truth.upperBound) / 2
            errors.append(abs(try #require(row.lifetimeS) - middle) * 1000)
        }
        errors.sort()
        try #require(errors.count * 10 >= matches.count * 9, "the truth is vague")
        #expect(exact * 100 >= matches.count * 99, "\(exact) of \(matches.count) are exact")
        #expect(
            errors[errors.count / 2] <= 0.5, "the median error is \(errors[errors.count / 2]) ms")
        let high = errors[errors.count * 99 / 100]
        #expect(high <= 3, "one error in 100 is above \(high) ms")
    }

    private func expectVerdicts(_ matches: [Match]) {
        var right = 0
        for match in matches {
            let (row, end) = (match.row, match.end)
            let kind = end.truth.name == "rapid_reset" ? "reset" : "fin"
            let closer = end.closedFirst ? "local" : "peer"
            if row.closeKind == kind, row.closedBy == closer { right += 1 }
            #expect(row.role == end.role, "\(end.label)")
            #expect(row.pid == end.pid || row.pid == nil && !end.isNamed, "\(end.label)")
            end.expectPayload(row)
        }
        #expect(right * 1000 >= matches.count * 999, "\(right) of \(matches.count) told right")
    }
}
