import GRDB
import Testing

@Suite("A recording with the kernel's events tells how each connection ended")
struct AcceptanceEventsEndingTests {
    @Test("Every way to end that dumps can see is told exactly, over all families")
    func endings() async throws {
        try await Bench.run { bench in
            try await bench.inside([
                "sh", "-c", "echo 4 > /proc/sys/net/ipv4/tcp_fin_timeout",
            ])
            let recorder = try await bench.record(interval: "1s", capture: "dumps+events")
            let truths = try await bench.truths(
                of: try bench.generate(["endings", "--hold-ms", "400"]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            try expectAll(bench, truths)
        }
    }

    @Test("Silence, unread data, full tables and TIME_WAITs cut short are told, over all families")
    func edges() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "1s", capture: "dumps+events")
            let truths = try await bench.truths(of: try bench.generate(["edges", "--settings"]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            try expectAll(bench, truths)
        }
    }

    @Test("They are told the same of ends in two namespaces, and of a link that is cut")
    func apart() async throws {
        try await Bench.run { peer in
            try await Bench.run { bench in
                try await bench.join(peer)
                let recorder = try await bench.record(
                    interval: "1s", capture: "dumps+events", ["--netns", "all"])
                let truths = try await bench.truths(
                    of: try bench.generate(
                        ["edges", "--settings", "--cable", "cable"] + Bench.place(peer)))
                try await Task.sleep(for: .milliseconds(1500))
                try await bench.stop(recorder)
                #expect(truths.count { $0.name == "cut_off" } == 3)
                let names = [bench.namespace, peer.namespace]
                let rows = try bench.query { try Self.rows($0, in: names) }
                try expectRows(rows, truths, try Losses(bench))
            }
        }
    }

    /// Rows of the namespaces named; other tests may have some at the same time.
    private static func rows(
        _ database: Database, in names: [String]
    ) throws -> [RecordedConnection] {
        let numbers = try Int64.fetchAll(
            database, sql: "SELECT netns FROM namespaces WHERE name IN (?, ?)",
            arguments: StatementArguments(names))
        #expect(numbers.count == 2)
        return try RecordedConnection.all(database).filter {
            $0.netns.map(numbers.contains) ?? false
        }
    }

    private func expectAll(_ bench: Bench, _ truths: [Truth]) throws {
        let losses = try Losses(bench)
        try expectRows(try bench.query(RecordedConnection.all), truths, losses)
        let attempts = truths.count { $0.name != "no_port" }
        let opened = truths.count { Attempt.kinds[$0.name] == nil }
        try bench.expectCoverage(active: attempts, passive: opened, lost: losses.events)
    }

    private func expectRows(
        _ rows: [RecordedConnection], _ truths: [Truth], _ losses: Losses
    ) throws {
        let ends = TruthEnd.all(of: truths).filter { Attempt.kinds[$0.truth.name] == nil }
        let opened = rows.filter { $0.openedMaxUs != nil }
        let all = Match.all(of: ends, in: opened, orMiss: { losses.meet($0.truth.whole) })
        let matches = all.filter { !losses.meet($0.end.truth.whole) }
        guard matches.count * 2 >= ends.count else {
            throw HiddenByLosses(hidden: ends.count - matches.count, of: ends.count)
        }
        for match in matches { try expect(match.row, tells: match.end) }
        let inexact = matches.filter { $0.row.opened.width != 0 || $0.row.closed.width != 0 }
        let told = inexact.map { "\($0.end.label): \($0.row.opened) to \($0.row.closed)" }
        // What a late event would have told is known by bounds.
        if inexact.count * 100 > matches.count, losses.late * 2 >= inexact.count {
            throw HiddenByLosses(hidden: inexact.count, of: matches.count)
        }
        #expect(inexact.count * 100 <= matches.count, "of \(matches.count) are not exact: \(told)")
        Attempt.expect(
            truths.filter { Attempt.kinds[$0.name] != nil },
            in: rows.filter { $0.openedMaxUs == nil }, losses: losses)
    }

    private func expect(_ row: RecordedConnection, tells end: TruthEnd) throws {
        let ending = try #require(Ending(end)).told
        let label = end.label
        #expect(
            row.closed.meets(ending.closed), "\(label): closed \(row.closed), true \(ending.closed)"
        )
        #expect(ending.closedBy.contains(row.closedBy), "\(label): closed by \(row.closedBy)")
        #expect(ending.closeKinds.contains(row.closeKind), "\(label): \(row.closeKind)")
        #expect((row.enteredMaxUs != nil) == (ending.entered != nil), "\(label): a TIME_WAIT")
        if let entered = ending.entered {
            #expect(row.entered.meets(entered), "\(label): \(row.entered), true \(entered)")
            #expect(row.endedBy == ending.endedBy, "\(label): \(row.endedBy ?? "")")
            for left in [end.reopened, end.truth.cut].compactMap(\.self).prefix(1) {
                #expect(row.left.meets(left), "\(label): left \(row.left), true \(left)")
            }
        }
        #expect(row.role == end.role, "\(label): \(row.role)")
        let mayLack = row.pid == nil && !end.isNamed
        #expect(row.pid == end.pid || mayLack, "\(label): process \(row.pid ?? 0)")
        end.expectPayload(row)
    }
}
