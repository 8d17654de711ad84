import GRDB
import Testing

@Suite("A recording of dumps alone is never wrong about how a connection ended")
struct AcceptanceEndingTests {
    @Test("Every way to end, over IPv4, IPv6 and dual-stack, is told as far as dumps can know it")
    func endings() async throws {
        try await Bench.run { bench in
            try await bench.inside([
                "sh", "-c", "echo 4 > /proc/sys/net/ipv4/tcp_fin_timeout",
            ])
            let recorder = try await bench.record(interval: "500ms")
            let truths = try await bench.truths(
                of: try bench.generate(["endings", "--hold-ms", "2500"]))
            try await Task.sleep(for: .milliseconds(1600))
            try await bench.stop(recorder)
            let rows = try bench.query(RecordedConnection.all)
            try expectRecords(rows, truths, states: try bench.query(Self.states))
            try expectCounts(bench, truths)
            try expectReuse(rows, truths)
        }
    }

    /// The states that each connection went through.
    private static func states(_ database: Database) throws -> [Int64: [String]] {
        let sql = """
            SELECT connection_id, state FROM state_history
            ORDER BY connection_id, coalesce(entered_max_us, entered_min_us), state = 'TIME-WAIT'
            """
        return try Row.fetchAll(database, sql: sql).reduce(into: [:]) { states, row in
            states[row["connection_id"], default: []].append(row["state"])
        }
    }

    private func expectRecords(
        _ rows: [RecordedConnection], _ truths: [Truth], states: [Int64: [String]]
    ) throws {
        let ends = TruthEnd.all(of: truths)
        for end in ends where end.truth.name == "refused" {
            let met = rows.filter { row in
                row.tuple == end.tuple && row.openedMaxUs != nil
                    && end.truth.connected.map { row.opened.meets($0) } ?? true
            }
            #expect(met.isEmpty, "\(end.label)")
        }
        let opened = ends.filter { $0.truth.name != "refused" }
        #expect(opened.count == 2 * (truths.count - 3))
        for match in Match.all(of: opened, in: rows.filter { $0.openedMaxUs != nil }) {
            try expect(match.row, states[match.row.connectionId] ?? [], tell: match.end)
        }
    }

    private func expect(
        _ row: RecordedConnection, _ states: [String], tell end: TruthEnd
    ) throws {
        let ending = try #require(Ending(end))
        let opened = try #require(end.opened)
        let label = end.label
        let must = ending.states.filter { !ending.passing.contains($0) || states.contains($0) }
        #expect(states == must, "\(label)")
        #expect(row.opened.meets(opened), "\(label): opened \(row.opened), true \(opened)")
        #expect(
            row.closed.meets(ending.closed), "\(label): closed \(row.closed), true \(ending.closed)"
        )
        #expect(row.closedMaxUs != nil, "\(label): it ended")
        #expect(ending.closedBy.contains(row.closedBy), "\(label): closed by \(row.closedBy)")
        #expect(ending.closeKinds.contains(row.closeKind), "\(label): \(row.closeKind)")
        #expect((row.enteredMaxUs != nil) == (ending.entered != nil), "\(label): a TIME_WAIT")
        if let entered = ending.entered {
            #expect(row.entered.meets(entered), "\(label): \(row.entered), true \(entered)")
            #expect(row.endedBy == ending.endedBy, "\(label): \(row.endedBy ?? "")")
        }
        #expect(row.family == (end.truth.family == "ipv6" ? "ipv6" : "ipv4"), "\(label)")
        #expect([end.role, "unknown"].contains(row.role), "\(label): \(row.role)")
        let owner = end.truth.name == "unaccepted" && !end.isClient ? nil : end.pid
        #expect(row.pid == owner, "\(label): process \(row.pid ?? 0)")
    }

    private func expectCounts(_ bench: Bench, _ truths: [Truth]) throws {
        try bench.query { database in
            let sql = """
                SELECT sum(active_kernel) AS active, sum(passive_kernel) AS passive,
                  max(ratio) AS ratio
                FROM coverage
                """
            let row = try #require(try Row.fetchOne(database, sql: sql))
            #expect(row["active"] == truths.count)
            #expect(row["passive"] == truths.count - 3)
            #expect(row["ratio"] <= 1.0)
        }
    }

    /// The reused end's TIME_WAIT left as the next connection's SYN came.
    private func expectReuse(_ rows: [RecordedConnection], _ truths: [Truth]) throws {
        let ends = TruthEnd.all(of: truths).filter { !$0.isClient }
        let matches = Match.each(of: ends.filter { $0.truth.name == "reused_first" }, in: rows)
        #expect(matches.count == 3)
        for match in matches {
            let reopened = try #require(match.end.reopened)
            #expect(match.row.left.meets(reopened), "left \(match.row.left), true \(reopened)")
        }
    }
}
