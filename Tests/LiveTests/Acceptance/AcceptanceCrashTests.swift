import GRDB
import Glibc
import Testing

@Suite("A recorder leaves a whole file however it ends")
struct AcceptanceCrashTests {
    @Test("One that is killed leaves a sound file, and the next closes what it left open")
    func killed() async throws {
        try await Bench.run { bench in
            let first = try await bench.record(interval: "250ms")
            let holder = try bench.generate(["hold", "--count", "20", "--seconds", "60"])
            try await bench.until("the connections") { holder.output.contains("ready") }
            try await bench.until("their record") {
                try bench.query { try Self.number($0, "SELECT count(*) FROM connections") } == 40
            }
            try await Task.sleep(for: .milliseconds(600))
            first.send(SIGKILL)
            #expect(try await first.wait() == -SIGKILL)
            try await expectWhole(bench)

            let second = try await bench.record(interval: "250ms")
            try await bench.stop(second)
            try expectCensored(bench)
            try expectClosed(bench)
        }
    }

    @Test("SIGTERM and SIGINT end it cleanly", arguments: [SIGTERM, SIGINT])
    func ended(by signal: Int32) async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "250ms")
            recorder.send(signal)
            #expect(try await recorder.wait() == 0)
            try expectClosed(bench)
            let reason = try bench.query {
                try String.fetchOne($0, sql: "SELECT end_reason FROM recordings")
            }
            #expect(reason == "stopped")
        }
    }

    @Test("A second recorder on the same file exits 75 and names the first")
    func second() async throws {
        try await Bench.run { bench in
            let first = try await bench.record(interval: "250ms")
            let second = try bench.start(bench.recordWords(interval: "250ms"))
            #expect(try await second.wait(seconds: 10) == 75)
            #expect(second.errors.contains("\(first.pid)"), "\(second.errors)")
            try await bench.stop(first)
            #expect(try bench.query { try Self.number($0, "SELECT count(*) FROM recordings") } == 1)
        }
    }

    private static func number(_ database: Database, _ sql: String) throws -> Int {
        try Int.fetchOne(database, sql: sql) ?? 0
    }

    /// A copy is checked, so that nothing but the next recorder mends the file itself.
    private func expectWhole(_ bench: Bench) async throws {
        let copy = bench.directory + "/copy.sqlite"
        for suffix in ["", "-wal"] where access(bench.recording + suffix, F_OK) == 0 {
            try await bench.host(["cp", bench.recording + suffix, copy + suffix])
        }
        #expect(try integrity(of: copy) == ["ok"])
    }

    private func integrity(of path: String) throws -> [String] {
        try DatabaseQueue(path: path).read {
            try String.fetchAll($0, sql: "PRAGMA integrity_check")
        }
    }

    private func expectCensored(_ bench: Bench) throws {
        try bench.query { database in
            let reasons = try String?.fetchAll(
                database, sql: "SELECT end_reason FROM recordings ORDER BY recording_id")
            #expect(reasons == ["crashed", "stopped"])
            let lives = """
                SELECT recording_id || ' ' || censoring || ' ' || count(*) FROM lifetimes
                GROUP BY recording_id, censoring ORDER BY recording_id
                """
            #expect(try String.fetchAll(database, sql: lives) == ["1 right 40", "2 both 40"])
            let gaps = """
                SELECT count(*) FROM gaps AS g
                WHERE g.reason = 'crashed' AND g.recording_id = 2
                  AND g.from_us >= (SELECT max(sampled_us) FROM samples WHERE recording_id = 1)
                  AND g.until_us <= (SELECT min(sampled_us) FROM samples WHERE recording_id = 2)
                  AND g.until_us > g.from_us
                """
            #expect(try Self.number(database, gaps) == 1)
            #expect(try Self.number(database, "SELECT count(*) FROM gaps") == 1)
            let open = "SELECT count(*) FROM connections WHERE closed_max_us IS NOT NULL"
            #expect(try Self.number(database, open) == 0)
        }
    }

    private func expectClosed(_ bench: Bench) throws {
        #expect(access(bench.recording + "-wal", F_OK) != 0)
        #expect(access(bench.recording + "-shm", F_OK) != 0)
        let mode = try bench.query { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "delete")
    }
}
