import GRDB
import Glibc
import Testing

/// Each fault lasts while 400 connections are made, and some longer; nothing that happened may be
/// missing after it.
@Suite("A recorder outlives what happens to its file", .serialized)
struct AcceptanceFaultsTests {
    private static let count = 400

    @Test("A disk that is full for a while costs nothing")
    func full() async throws {
        try await Bench.run { bench in
            let disk = try await bench.useDisk(kibibytes: 3000)
            let filler = disk + "/filler"
            let recorder = try await bench.record(interval: "200ms", capture: "dumps+events")
            // dd ends with an error when nothing more fits.
            _ = try? await bench.host(["dd", "if=/dev/zero", "of=\(filler)", "bs=4096"])
            let truths = try await churn(bench)
            try await bench.until("the fault") { recorder.errors.contains("disk full") }
            unlink(filler)
            try await expectWhole(bench, recorder, truths, fault: "disk full")
        }
    }

    @Test(
        "A disk that fails, is over quota or may only be read for a while costs nothing",
        arguments: [
            (EIO, "input/output error"), (EDQUOT, "input/output error"), (ENOSPC, "disk full"),
            (EROFS, "input/output error"),
        ])
    func failing(_ number: Int32, _ name: String) async throws {
        try await Bench.run { bench in
            let (recorder, control) = try await recordOnFaultyHost(bench)
            try set(control, "\(number)")
            let truths = try await churn(bench)
            try await bench.until("the fault") { recorder.errors.contains("cannot write") }
            unlink(control)
            try await expectWhole(bench, recorder, truths, fault: name)
        }
    }

    @Test("A disk that takes 100 ms for each write holds up no sample")
    func slow() async throws {
        try await Bench.run { bench in
            let (recorder, control) = try await recordOnFaultyHost(bench)
            try set(control, "slow 100")
            let truths = try await churn(bench)
            try await Task.sleep(for: .seconds(1))
            unlink(control)
            try await expectWhole(bench, recorder, truths, fault: nil)
            let row = try #require(
                try bench.query {
                    try Row.fetchOne(
                        $0,
                        sql: """
                            SELECT max(write_us) AS write, max(lag_us) AS lag,
                              max(backlog_bytes) AS backlog FROM recorder_health
                            """)
                })
            #expect(row["write"] ?? 0 >= 100_000)
            #expect(row["lag"] ?? .max < row["write"] ?? 0)
            #expect(row["backlog"] ?? 0 > 0)
        }
    }

    @Test("A program that locks the file for longer than anybody waits costs nothing")
    func locked() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "200ms", capture: "dumps+events")
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: bench.recording, configuration: configuration)
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            let truths = try await churn(bench)
            try await bench.until("the fault") { recorder.errors.contains("locked") }
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            try other.close()
            try await expectWhole(bench, recorder, truths, fault: "locked")
        }
    }

    @Test("A reader that stands still in the middle of a query costs nothing, and its log goes")
    func stoppedReader() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "200ms", capture: "dumps+events")
            let endless = """
                WITH RECURSIVE n (x) AS (SELECT sample_id FROM samples UNION ALL SELECT x FROM n)
                SELECT count(*) FROM n
                """
            let reader = try bench.start([
                try Bench.product("socktape"), "sql", endless, "--db", bench.recording,
            ])
            try await Task.sleep(for: .milliseconds(500))
            reader.send(SIGSTOP)
            let truths = try await churn(bench)
            reader.send(SIGCONT)
            reader.discard()
            try await expectWhole(bench, recorder, truths, fault: nil)
            #expect(access(bench.recording + "-wal", F_OK) != 0, "the log is still there")
        }
    }

    @Test("What a small backlog cannot hold is counted, and the recording says how much and when")
    func folded() async throws {
        try await Bench.run { bench in
            let disk = try await bench.useDisk(kibibytes: 4000)
            let recorder = try await bench.record(
                interval: "200ms", capture: "dumps+events", ["--backlog", "1MiB"])
            let filler = disk + "/filler"
            _ = try? await bench.host(["dd", "if=/dev/zero", "of=\(filler)", "bs=4096"])
            let count = 4000
            let truths = try await bench.truths(
                of: try bench.generate([
                    "rapid", "--count", "\(count)", "--rate", "1000", "--lifetime-ms", "5",
                ]))
            #expect(truths.count == count)
            unlink(filler)
            try await bench.until("the recovery") { recorder.errors.contains("writing again") }
            try await Task.sleep(for: .milliseconds(500))
            try await bench.stop(recorder)
            #expect(recorder.errors.contains("connections were counted only"))
            let row = try #require(
                try bench.query {
                    try Row.fetchOne(
                        $0,
                        sql: """
                            SELECT (SELECT count(*) FROM connections) AS rows,
                              (SELECT sum(lost) FROM sources WHERE source = 'file') AS lost,
                              (SELECT sum(recorded_opens) FROM coverage) AS recorded,
                              (SELECT sum(kernel_opens) FROM coverage) AS kernel,
                              (SELECT group_concat(DISTINCT reason) FROM gaps) AS gaps
                            """)
                })
            let (rows, lost): (Int, Int) = (row["rows"], row["lost"])
            #expect(lost > 0 && rows + lost == 2 * count)
            #expect(row["recorded"] == rows)
            #expect(row["kernel"] == 2 * count)
            #expect(row["gaps"] == "disk full")
            try await bench.host([try Bench.product("socktape"), "check", "--db", bench.recording])
        }
    }

    @Test("A recording that ends on a full disk says what is missing, and the next one says it too")
    func endsFull() async throws {
        try await Bench.run { bench in
            let disk = try await bench.useDisk(kibibytes: 3000)
            let recorder = try await bench.record(interval: "200ms", capture: "dumps+events")
            let filler = disk + "/filler"
            _ = try? await bench.host(["dd", "if=/dev/zero", "of=\(filler)", "bs=4096"])
            try await bench.until("the fault") { recorder.errors.contains("disk full") }
            recorder.send(SIGTERM)
            #expect(try await recorder.wait() == 74)
            #expect(recorder.errors.contains("samples could not be written"))
            #expect(recorder.errors.contains("try making room on its disk"))
            unlink(filler)
            try await bench.stop(try await bench.record(interval: "200ms"))
            let gaps = try bench.query { try String.fetchAll($0, sql: "SELECT reason FROM gaps") }
            #expect(gaps == ["crashed"])
            try await bench.host([try Bench.product("socktape"), "check", "--db", bench.recording])
        }
    }

    // MARK: Parts

    private func recordOnFaultyHost(
        _ bench: Bench
    ) async throws -> (recorder: SpawnedProcess, control: String) {
        let control = bench.directory + "/control"
        let recorder = try await bench.record(
            interval: "200ms", capture: "dumps+events",
            under: [
                "env", "LD_PRELOAD=\(try Bench.product("libFaultyHost.so"))",
                "FAULTY_DISK=\(control)",
            ])
        return (recorder, control)
    }

    /// Writes the control file in one step: half a number would be another fault.
    private func set(_ control: String, _ text: String) throws {
        let file = try #require(fopen(control + ".new", "w"))
        fputs(text, file)
        fclose(file)
        #expect(rename(control + ".new", control) == 0)
    }

    private func churn(_ bench: Bench) async throws -> [Truth] {
        try await bench.truths(
            of: try bench.generate([
                "rapid", "--count", "\(Self.count)", "--rate", "200", "--lifetime-ms", "5",
            ]))
    }

    /// Expects every connection at both ends, exact, and no gap; and that what happened is told.
    private func expectWhole(
        _ bench: Bench, _ recorder: SpawnedProcess, _ truths: [Truth], fault: String?
    ) async throws {
        if fault != nil {
            try await bench.until("the recovery") { recorder.errors.contains("writing again") }
            #expect(recorder.errors.contains("nothing is lost"), "\(recorder.errors)")
        }
        try await Task.sleep(for: .milliseconds(500))
        try await bench.stop(recorder)
        #expect(truths.count == Self.count)
        let losses = try Losses(bench)
        let rows = try bench.query(RecordedConnection.all)
        #expect(rows.count == 2 * Self.count || losses.events > 0, "\(rows.count) rows")
        try bench.expectCoverage(active: Self.count, passive: Self.count, lost: losses.events)
        let told = try bench.query { database in
            (
                gaps: try String.fetchAll(database, sql: "SELECT reason FROM gaps"),
                faults: try String.fetchAll(
                    database,
                    sql: """
                        SELECT DISTINCT reason FROM sources
                        WHERE source = 'file' AND reason IS NOT NULL
                        """)
            )
        }
        #expect(told.gaps.isEmpty, "\(told.gaps)")
        #expect(told.faults == (fault.map { ["\($0): written later"] } ?? []))
        try await bench.host([try Bench.product("socktape"), "check", "--db", bench.recording])
    }
}
