import GRDB
import Glibc
import Testing

@Suite("A recorder under load", .serialized)
struct AcceptanceLoadTests {
    // MARK: Much of everything

    @Test("has the connections of 20 namespaces, each in its own")
    func namespaces() async throws {
        try await Self.within(20) { spaces in
            let recorder = try await spaces[0].record(
                interval: "500ms", capture: "dumps+events", ["--netns", "all"])
            let generators = try spaces.map {
                try $0.generate(["rapid", "--count", "50", "--rate", "50", "--lifetime-ms", "5"])
            }
            var truths: [[Truth]] = []
            for (space, generator) in zip(spaces, generators) {
                truths.append(try await space.truths(of: generator))
            }
            try await spaces[0].until("a look at each namespace") {
                try spaces.allSatisfy { space in
                    try spaces[0].query { try Self.netns(of: space, $0) } != nil
                }
            }
            try await spaces[0].stop(recorder)
            let rows = try spaces[0].query(RecordedConnection.all)
            let losses = try Losses(spaces[0])
            for (space, truths) in zip(spaces, truths) {
                let netns = try #require(try spaces[0].query { try Self.netns(of: space, $0) })
                let ends = TruthEnd.all(of: truths)
                let own = rows.filter { $0.netns == netns }
                let matches = Match.all(of: ends, in: own) { losses.meet($0.truth.whole) }
                #expect(matches.count + losses.events >= ends.count)
                try expectCoverage(of: netns, in: spaces[0], truths.count, losses)
            }
        }
    }

    @Test("counts 19,000 descriptors of one process and knows that its sockets are its own")
    func descriptors() async throws {
        let connections = 9495
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "500ms")
            let holder = try bench.start([
                "prlimit", "--nofile=20000:20000", try Bench.product("TruthGenerator"), "hold",
                "--count", "\(connections)", "--seconds", "60",
            ])
            try await bench.until("the connections: \(holder.errors)") {
                holder.output.contains("ready")
            }
            let children = SpawnedProcess.text("/proc/\(holder.pid)/task/\(holder.pid)/children")
            let pid = try #require(Int(children.filter(\.isNumber)))
            let listed = try await bench.host(["ls", "/proc/\(pid)/fd"])
            let open = listed.split(separator: "\n").count
            let count = """
                SELECT open_fds FROM process_fds WHERE pid = ? ORDER BY from_us DESC LIMIT 1
                """
            let owned = """
                SELECT count(*) FROM socket_owners JOIN processes AS p USING (process_id)
                WHERE p.pid = ?
                """
            // Looks at descriptors and walks over them have a budget each.
            for (sql, expected) in [(count, open), (owned, 2 * connections)] {
                try await bench.until("\(expected) of \(sql)") {
                    try bench.query { try Int.fetchOne($0, sql: sql, arguments: [pid]) } == expected
                }
            }
            try await bench.stop(recorder)
            #expect(open >= 18_990)
        }
    }

    @Test("names each of 300 processes that live for some milliseconds, and none twice")
    func processes() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "500ms", capture: "dumps+events")
            let truths = try await bench.truths(
                of: try bench.generate(["fleeting", "--count", "300", "--lifetime-us", "500"]))
            try await Task.sleep(for: .seconds(1))
            try await bench.stop(recorder)
            let rows = try bench.query(RecordedConnection.all)
            let losses = try Losses(bench)
            let matches = Match.all(of: TruthEnd.all(of: truths), in: rows) {
                losses.meet($0.truth.whole)
            }
            #expect(matches.count + losses.events >= 600)
            for match in matches where !losses.meet(match.end.truth.whole) {
                #expect(match.row.pid == match.end.pid, "\(match.end.label)")
            }
            let twice = """
                SELECT group_concat(
                  process_id || ' ' || comm || ' ' || first_seen_us || ' ' || coalesce(last_seen_us, ''))
                  || ': ' || pid || ' ' || started_us
                FROM processes GROUP BY pid, started_us HAVING count(*) > 1
                """
            let doubles = try bench.query { try String.fetchAll($0, sql: twice) }
            #expect(doubles == [])
        }
    }

    // MARK: No processor left

    @Test("that gets a twentieth of a processor is late, says so, and tells nothing untrue")
    func starved() async throws {
        try await Bench.run { bench in
            // Weights of sched(7): SCHED_IDLE has 3, nice 19 has 15; all else goes before both.
            let hogs = try (0..<5 * sysconf(Int32(_SC_NPROCESSORS_ONLN))).map { _ in
                try bench.start(["nice", "-n", "19", "sh", "-c", "while :; do :; done"])
            }
            let recorder = try await bench.record(
                interval: "200ms", capture: "dumps+events", under: ["chrt", "--idle", "0"])
            let truths = try await bench.truths(of: try Self.rapid(bench, count: 3000, rate: 1000))
            let memory = try Self.peakMemory(of: recorder)
            for hog in hogs { hog.discard() }
            try await Task.sleep(for: .seconds(1))
            try await bench.stop(recorder)
            let told = try expectHonest(bench, truths, memory: memory)
            #expect(
                told.lag >= 50_000 || told.skipped >= 5,
                "late by \(told.lag) µs at most, \(told.skipped) ticks passed")
        }
    }

    @Test("that stands still for nine tenths of the time has all that the kernel kept for it")
    func halting() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "100ms", capture: "dumps+events")
            let generator = try Self.rapid(bench, count: 2500, rate: 1000)
            while !generator.hasEnded {
                recorder.send(SIGSTOP)
                try await Task.sleep(for: .milliseconds(900))
                recorder.send(SIGCONT)
                try await Task.sleep(for: .milliseconds(100))
            }
            let truths = try await bench.truths(of: generator)
            try await Task.sleep(for: .seconds(1))
            let memory = try Self.peakMemory(of: recorder)
            try await bench.stop(recorder)
            let told = try expectHonest(bench, truths, memory: memory)
            #expect(told.skipped >= 10, "\(told.skipped) ticks passed")
            #expect(told.lag >= 500_000, "late by \(told.lag) µs at most")
        }
    }

    @Test(
        "that stands still for longer than the kernel keeps events tells how many are lost, and when"
    )
    func halted() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "500ms", capture: "dumps+events")
            let generators = try (0..<4).map { _ in
                try Self.rapid(bench, count: 4000, rate: 1000)
            }
            try await Task.sleep(for: .milliseconds(500))
            recorder.send(SIGSTOP)
            try await Task.sleep(for: .seconds(6))
            recorder.send(SIGCONT)
            var truths: [Truth] = []
            for generator in generators { truths += try await bench.truths(of: generator) }
            try await Task.sleep(for: .seconds(1))
            let memory = try Self.peakMemory(of: recorder)
            try await bench.stop(recorder)
            let told = try expectHonest(bench, truths, memory: memory)
            #expect(told.lost > 0, "nothing was lost: nothing was tried")
            // 6 s, of which a sample that was under way may have a part.
            #expect(told.skipped >= 10, "\(told.skipped) ticks passed")
            let gaps = "SELECT max(until_us - from_us) / 1000 FROM gaps WHERE reason = 'overload'"
            let longest = try bench.query { try Int64.fetchOne($0, sql: gaps) } ?? 0
            #expect(longest >= 6000, "the longest gap lasts \(longest) ms")
        }
    }

    // MARK: Parts

    /// Runs a scenario with so many namespaces.
    private static func within(
        _ count: Int, _ spaces: [Bench] = [], _ body: ([Bench]) async throws -> Void
    ) async throws {
        if spaces.count == count { return try await body(spaces) }
        try await Bench.run { try await within(count, spaces + [$0], body) }
    }

    private static func netns(of space: Bench, _ database: Database) throws -> Int64? {
        let sql = "SELECT netns FROM namespaces WHERE name = ?"
        return try Int64.fetchOne(database, sql: sql, arguments: [space.namespace])
    }

    private static func rapid(_ bench: Bench, count: Int, rate: Int) throws -> SpawnedProcess {
        try bench.generate([
            "rapid", "--count", "\(count)", "--rate", "\(rate)", "--lifetime-ms", "5",
        ])
    }

    /// The most that a process has held in memory, octets.
    private static func peakMemory(of process: SpawnedProcess) throws -> Int {
        let lines = SpawnedProcess.text("/proc/\(process.pid)/status").split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) << 10
    }

    private func expectCoverage(
        of netns: Int64, in bench: Bench, _ truth: Int, _ losses: Losses
    ) throws {
        let sql = """
            SELECT sum(active_kernel) AS active_kernel, sum(active_recorded) AS active,
              sum(passive_kernel) AS passive_kernel, sum(passive_recorded) AS passive
            FROM coverage WHERE netns = ?
            """
        let row = try #require(
            try bench.query { try Row.fetchOne($0, sql: sql, arguments: [netns]) })
        for direction in ["active", "passive"] {
            #expect(row["\(direction)_kernel"] == truth, "\(direction)")
            let recorded: Int = row[direction]
            #expect(truth - losses.events...truth ~= recorded, "\(direction): \(recorded)")
        }
    }

    /// Expects that every row tells an end of its own, and that those without a row lie within a
    /// loss. Where something was lost edges are wide and a 4-tuple may have come again meanwhile: the
    /// narrowest row chooses first.
    private func expectTold(
        _ ends: [TruthEnd], by rows: [RecordedConnection], _ losses: Losses
    ) {
        var left = Dictionary(grouping: ends, by: \.tuple)
        var invented: [String] = []
        let width = { (row: RecordedConnection) in
            (row.opened.width ?? .max / 4) + (row.closed.width ?? .max / 4)
        }
        for row in rows.sorted(by: { width($0) < width($1) }) {
            // An attempt begins before its port is chosen: a loss may hide what told the port.
            let isNamed = row.localPort != nil
            let tuples = isNamed ? [row.tuple] : left.keys.filter { $0.hasSuffix(" \(row.peer)") }
            let fits = tuples.lazy.compactMap { tuple in
                left[tuple]?.firstIndex { end in
                    guard let opened = end.opened, let closing = end.closing else { return false }
                    let isTried = isNamed || end.isClient && row.attempted.meets(opened)
                    return isTried && row.opened.meets(opened) && row.closed.meets(closing)
                        && (isNamed || losses.meet(end.truth.whole))
                }.map { (tuple, $0) }
            }.first
            if let (tuple, index) = fits {
                left[tuple]?.remove(at: index)
            } else {
                invented.append(row.summary)
            }
        }
        let untold = left.values.joined().filter { !losses.meet($0.truth.whole) }
        #expect(invented.isEmpty, "\(invented.count) rows tell no end: \(invented.prefix(3))")
        #expect(untold.isEmpty, "\(untold.count) ends: \(untold.prefix(3).map(\.label))")
    }

    /// Expects that every row tells an end that there was, that no end has two, that those without
    /// one lie within a loss that the recording tells, that ticks passed and are counted, and that
    /// memory has a bound. Gives by how much a sample was late, µs, how many ticks passed and how many
    /// events were lost.
    @discardableResult
    private func expectHonest(
        _ bench: Bench, _ truths: [Truth], memory: Int
    ) throws -> (lag: Int64, skipped: Int64, lost: Int) {
        let losses = try Losses(bench, most: .max)
        let ends = TruthEnd.all(of: truths)
        let rows = try bench.query(RecordedConnection.all)
        expectTold(ends, by: rows, losses)
        try bench.expectCoverage(
            active: truths.count, passive: truths.count, lost: losses.events)
        let told = try #require(
            try bench.query {
                try Row.fetchOne(
                    $0,
                    sql: """
                        SELECT (SELECT max(lag_us) FROM recorder_health) AS lag,
                          (SELECT sum(lost) FROM sources WHERE source = 'schedule') AS skipped
                        """)
            })
        let lag: Int64 = told["lag"] ?? 0
        let skipped: Int64 = told["skipped"] ?? 0
        print(
            "late by \(lag) µs, \(skipped) ticks passed, "
                + "\(losses.events) events lost, \(rows.count) of \(ends.count) ends, "
                + "\(memory >> 20) MiB at most")
        #expect(skipped > 0)
        // AddressSanitizer keeps for a while what is freed.
        #expect(memory < (Bench.slowness > 1 ? 640 : 320) << 20)
        return (lag, skipped, losses.events)
    }
}
