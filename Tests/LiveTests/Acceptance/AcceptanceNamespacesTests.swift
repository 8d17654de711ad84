import GRDB
import Testing

@Suite("A recorder tells network namespaces apart")
struct AcceptanceNamespacesTests {
    @Test("Equal 4-tuples at the same time in two namespaces are two connections each")
    func equal() async throws {
        try await Bench.run { other in
            try await Bench.run { bench in
                let recorder = try await bench.record(
                    interval: "500ms", capture: "dumps+events", ["--netns", "all"])
                // Both wait to be seen by a look for namespaces.
                try await Task.sleep(for: .milliseconds(1500))
                let both = [bench, other]
                var generators: [SpawnedProcess] = []
                for bench in both { generators.append(try await Self.crowd(bench)) }
                var truths: [[Truth]] = []
                for (bench, generator) in zip(both, generators) {
                    truths.append(try await bench.truths(of: generator))
                }
                try await Task.sleep(for: .milliseconds(1500))
                try await bench.stop(recorder)
                let tuples = truths.map { Set(TruthEnd.all(of: $0).map(\.tuple)) }
                #expect(tuples[0].intersection(tuples[1]).count >= 20)
                for (space, truths) in zip(both, truths) {
                    let netns = try await expectName(of: space, in: bench)
                    let rows = try bench.query(RecordedConnection.all).filter { $0.netns == netns }
                    let matches = Match.all(of: TruthEnd.all(of: truths), in: rows)
                    #expect(matches.count == 2 * truths.count)
                    for match in matches { match.end.expectPayload(match.row) }
                    try expectCoverage(bench, netns, truths.count)
                }
            }
        }
    }

    @Test("A recorder of its own namespace records no other, and one of a name that alone")
    func chosen() async throws {
        try await Bench.run { other in
            try await Bench.run { bench in
                let own = try await bench.record(interval: "500ms", capture: "dumps+events")
                let recorder = try other.start(
                    bench.recordWords(interval: "500ms", capture: "dumps+events").map {
                        $0 == bench.recording ? other.recording : $0
                    } + ["--netns", bench.namespace])
                try await bench.until("the other recorder's first sample: \(recorder.errors)") {
                    try other.query { try Int.fetchOne($0, sql: "SELECT count(*) FROM samples") }
                        ?? 0 > 0
                }
                let elsewhere = try await Self.crowd(other)
                let here = try await Self.crowd(bench)
                _ = try await other.truths(of: elsewhere)
                let truths = try await bench.truths(of: here)
                try await Task.sleep(for: .milliseconds(1500))
                try await bench.stop(own)
                try await other.stop(recorder)
                for recording in [bench, other] {
                    let rows = try recording.query(RecordedConnection.all)
                    _ = Match.all(of: TruthEnd.all(of: truths), in: rows)
                    #expect(Set(rows.map(\.netns)).count == 1)
                    try recording.expectCoverage(active: truths.count, passive: truths.count)
                }
            }
        }
    }

    /// 200 connections of a server of one port from 50 ports.
    private static func crowd(_ bench: Bench) async throws -> SpawnedProcess {
        try await bench.inside([
            "sh", "-c", "echo 40000 40099 > /proc/sys/net/ipv4/ip_local_port_range",
        ])
        return try bench.generate([
            "rapid", "--count", "200", "--rate", "100", "--lifetime-ms", "50", "--port", "39999",
        ])
    }

    /// The namespace's cookie, found by its name; its inode is what the file system says.
    private func expectName(of space: Bench, in bench: Bench) async throws -> Int64 {
        let sql = "SELECT netns, inode FROM namespaces WHERE name = ?"
        let row = try #require(
            try bench.query {
                try Row.fetchOne($0, sql: sql, arguments: [space.namespace])
            })
        let inode = try await bench.host([
            "stat", "-L", "-c", "%i", "/run/netns/\(space.namespace)",
        ])
        #expect("\(row["inode"] as Int64)\n" == inode)
        return row["netns"]
    }

    private func expectCoverage(_ bench: Bench, _ netns: Int64, _ count: Int) throws {
        let sql = """
            SELECT sum(active_kernel) AS active_kernel, sum(active_recorded) AS active,
              sum(passive_kernel) AS passive_kernel, sum(passive_recorded) AS passive
            FROM coverage WHERE netns = ?
            """
        let row = try #require(
            try bench.query { try Row.fetchOne($0, sql: sql, arguments: [netns]) })
        for column in ["active", "passive"] {
            #expect(row["\(column)_kernel"] == count, "\(column)")
            #expect(row[column] == count, "\(column)")
        }
    }
}
