import GRDB
import Glibc
import Testing

/// kill -9 in the middle of churn, over and over on the same file.
@Suite("A recorder that is killed again and again")
struct AcceptanceKillTests {
    /// ms from sample to sample.
    private static let interval = 50 * Bench.slowness
    /// `SOCKTAPE_KILLS` asks for more.
    private static let kills = getenv("SOCKTAPE_KILLS").flatMap { Int(String(cString: $0)) } ?? 12

    @Test("loses its last two intervals at most, and every start says what happened")
    func kills() async throws {
        try await Bench.run { bench in
            _ = try bench.generate([
                "churn", "--rate", "200", "--seconds", "1800", "--processes", "1",
            ])
            var random = SystemRandomNumberGenerator()
            var losses: [Int64] = []
            for round in 0..<Self.kills {
                let recorder = try await bench.record(
                    interval: "\(Self.interval)ms",
                    capture: round % 3 == 2 ? "dumps+events" : "dumps")
                let life = Int64.random(in: 30...700, using: &random) * Bench.slowness
                try await Task.sleep(for: .milliseconds(life))
                let killed = Self.now()
                recorder.send(SIGKILL)
                #expect(try await recorder.wait() == -SIGKILL)
                if round > 0 {
                    #expect(recorder.errors.contains("was not closed"), "\(recorder.errors)")
                }
                let last = try await Self.expectSound(bench, round)
                losses.append(killed - last)
            }
            try Self.expectLittle(losses, in: bench)
            let final = try await bench.record(interval: "\(Self.interval)ms")
            try await bench.stop(final)
            try Self.expectTold(bench)
            // Its child would outlive a killed parent.
            for pid in try await bench.host(["ip", "netns", "pids", bench.namespace]).split(
                whereSeparator: \.isNewline)
            {
                if let pid = Int32(pid) { kill(pid, SIGKILL) }
            }
        }
    }

    /// Two intervals, and what the host was late. A sample that is late when its recorder is killed
    /// tells nobody, and other tests load the host: one in ten may be such.
    private static func expectLittle(_ losses: [Int64], in bench: Bench) throws {
        let late = try bench.query {
            try Int64.fetchOne($0, sql: "SELECT max(lag_us) FROM recorder_health") ?? 0
        }
        let sorted = losses.sorted()
        let (median, most) = (sorted[sorted.count / 2], sorted[sorted.count * 9 / 10 - 1])
        print(
            "\(kills) kills: \(median / 1000) ms lost in the middle, nine of ten "
                + "\(most / 1000) ms, at most \((sorted.last ?? 0) / 1000) ms, "
                + "late by \(late / 1000) ms")
        let allowed = 2 * interval * 1000
        #expect(median <= allowed)
        #expect(most <= allowed + late)
    }

    /// The wall clock, µs.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Checks a copy, so that nothing but the next recorder mends the file; the last sample's time.
    private static func expectSound(_ bench: Bench, _ round: Int) async throws -> Int64 {
        let copy = bench.directory + "/copy.sqlite"
        for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) }
        for suffix in ["", "-wal"] where access(bench.recording + suffix, F_OK) == 0 {
            try await bench.host(["cp", bench.recording + suffix, copy + suffix])
        }
        let check = try bench.start([try Bench.product("socktape"), "check", "--db", copy])
        let code = try await check.wait()
        #expect(code == 0, "round \(round): \(check.output)\(check.errors)")
        return try lastSample(of: copy)
    }

    /// When the last sample was over.
    private static func lastSample(of path: String) throws -> Int64 {
        try DatabaseQueue(path: path).read {
            try Int64.fetchOne(
                $0,
                sql: """
                    SELECT sampled_us + coalesce(dump_us, 0) FROM samples
                    ORDER BY sample_id DESC LIMIT 1
                    """) ?? 0
        }
    }

    /// Every recording but the last crashed, and the one after it has the gap.
    private static func expectTold(_ bench: Bench) throws {
        try bench.query { database in
            let crashed = "SELECT count(*) FROM recordings WHERE end_reason = 'crashed'"
            let ended = try Int.fetchOne(database, sql: crashed)
            #expect(ended == kills)
            let told = """
                SELECT count(*) FROM gaps AS g JOIN recordings AS r
                  ON r.recording_id = g.recording_id - 1 AND g.from_us = r.ended_us
                WHERE g.reason = 'crashed'
                """
            let gaps = try Int.fetchOne(database, sql: told)
            #expect(gaps == kills)
        }
    }
}
