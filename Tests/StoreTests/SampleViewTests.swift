import GRDB
import Testing

@testable import Store

@Suite("Views of samples and of the host")
struct SampleViewTests {
    let folder: TemporaryFolder
    let database: DatabaseQueue

    init() throws {
        folder = try TemporaryFolder()
        database = try emptyRecording(in: folder)
        try database.run(HandMadeRows.sql)
    }

    @Test("Samples say what they rest on")
    func samples() throws {
        #expect(
            try database.lines("SELECT sample_id, basis, complete, dump_us, sockets FROM samples")
                == ["1|dump|1|500|3", "2|dump|1|500|3", "3|ledger|0||", "4|dump|1|500|3"])
        #expect(try database.lines("SELECT sample_id FROM fd_counts") == ["1", "2", "4"])
        #expect(
            try database.lines("SELECT sampled_us, lag_us FROM recorder_health")
                == ["1000000002000000|7"])
    }

    @Test("Counts of a namespace keep what is unknown unknown")
    func counts() throws {
        try database.run(
            """
            INSERT INTO namespace_sample (sample_id, netns, established, total, tcp_orphans,
              listen_drops, active_recorded, passive_recorded, unattributed)
            VALUES (1, 0, 5, 8, 3, 4, 0, 0, 0)
            """)
        #expect(
            try database.lines(
                "SELECT sample_id, netns, established, listen, total FROM state_counts")
                == ["1||5||8"])
        #expect(try database.lines("SELECT tcp_orphans, tcp_inuse FROM sockstat") == ["3|"])
        #expect(
            try database.lines("SELECT listen_drops, active_opens FROM kernel_counters") == ["4|"])
    }

    @Test("What is still there was last seen at the last sample; a limit lasts")
    func lastSights() throws {
        let last = "1000000004000000"
        #expect(
            try database.lines("SELECT last_seen_us FROM processes") == [last, "1000000002000000"])
        #expect(
            try database.lines("SELECT pid, comm, until_us, open_fds FROM process_fds")
                == ["77|nginx|\(last)|20"])
        #expect(
            try database.lines(
                "SELECT netns, local_address, local_port, comm, last_seen_us FROM listeners")
                == ["9|::|80|nginx|\(last)"])
        #expect(
            try database.lines("SELECT family, local_port, pid, last_seen_us FROM udp_sockets")
                == ["ipv6|53|77|\(last)"])
        #expect(try database.lines("SELECT netns, last_seen_us FROM namespaces") == ["9|\(last)"])
        #expect(
            try database.lines("SELECT netns, name, value, until_us FROM kernel_limits")
                == ["|file-max|100|"])
        #expect(
            try database.lines("SELECT source, events, lost FROM sources") == ["sock_diag|12|0"])
        #expect(try database.lines("SELECT reason FROM gaps") == ["suspended"])
        #expect(
            try database.lines("SELECT * FROM clock_steps") == ["1|1000000002500000|2000000"])
        #expect(try database.lines("SELECT * FROM missed_sockets") == ["2|1"])
    }

    private func cover(_ rows: String) throws -> [String] {
        try database.run(
            """
            INSERT INTO namespace_sample (sample_id, netns, active_opens, passive_opens,
              active_recorded, passive_recorded, unattributed)
            VALUES \(rows)
            """)
        return try database.lines("SELECT * FROM coverage ORDER BY netns, from_us")
    }

    @Test("Coverage holds what was recorded against the kernel's counters since the first sample")
    func coverage() throws {
        // 10 + 20 opens by the kernel, of which 9 + 17 and 3 of unknown role were recorded.
        #expect(
            try cover(
                """
                (1, 9, 100, 200, 50, 60, 70), (2, 9, 104, 210, 4, 8, 2), (3, 9, 104, 210, 0, 0, 0),
                (4, 9, 110, 220, 5, 9, 1)
                """) == [
                    "1|9|1000000001000000|1000000004000000|10|9|20|17|3|30|29|0.9666666666666667"
                ])
    }

    @Test("Coverage of an idle hour is unknown, as is one whose counters fell or were never read")
    func coverageUnknown() throws {
        #expect(
            try cover(
                """
                (1, 7, 5, 5, 0, 0, 0), (2, 7, 5, 5, 0, 0, 0),
                (1, 8, 5, 5, 0, 0, 0), (2, 8, 4, 6, 0, 1, 0), (4, 8, 9, 6, 0, 0, 0),
                (1, 9, NULL, 5, 0, 0, 0), (2, 9, NULL, 6, 0, 1, 0), (4, 9, NULL, 6, 2, 0, 0)
                """) == [
                    "1|7|1000000001000000|1000000002000000|0|0|0|0|0|0|0|",
                    "1|8|1000000001000000|1000000004000000||0|1|1|0||1|",
                    "1|9|1000000001000000|1000000004000000||2||1|0||3|",
                ])
    }

    @Test("A sample that could not read the counters is held against the next that could")
    func coverageBridged() throws {
        // 4 + 2 opens by the kernel from sample 1 to sample 4; 1 + 3 + 1 recorded.
        #expect(
            try cover(
                """
                (1, 9, 5, 5, 0, 0, 0), (2, 9, NULL, NULL, 1, 1, 0), (3, 9, NULL, 6, 1, 0, 1),
                (4, 9, 9, 7, 1, 0, 0)
                """) == [
                    "1|9|1000000001000000|1000000004000000|4|3|2|1|1|6|5|0.8333333333333334"
                ])
    }

    @Test("A namespace counts from its first reading to its last, each for itself")
    func coverageNamespaces() throws {
        // 8 appears at sample 2 with 50 opens behind it, which nobody could have recorded, and is
        // gone after sample 3: what is recorded of it later has nothing to be held against.
        #expect(
            try cover(
                """
                (1, 9, 5, 5, 0, 0, 0), (2, 9, 6, 5, 1, 0, 0), (3, 9, 6, 5, 0, 0, 0),
                (4, 9, 7, 5, 1, 0, 0),
                (2, 8, 50, 0, 3, 0, 0), (3, 8, 52, 0, 1, 0, 0), (4, 8, NULL, NULL, 4, 0, 0)
                """) == [
                    "1|8|1000000002000000|1000000003000000|2|1|0|0|0|2|1|0.5",
                    "1|9|1000000001000000|1000000004000000|2|2|0|0|0|2|2|1.0",
                ])
    }

    @Test("Coverage has a row for each hour of the wall clock")
    func coverageHours() throws {
        // 01:46:42 + 13 min 18 s = 02:00:00.
        try database.run(
            "UPDATE sample SET sampled_us = 1000000000000000 + 798000000 WHERE sample_id = 4")
        #expect(
            try cover(
                """
                (1, 9, 0, 0, 0, 0, 0), (2, 9, 1, 0, 1, 0, 0), (4, 9, 3, 0, 2, 0, 0)
                """) == [
                    "1|9|1000000001000000|1000000002000000|1|1|0|0|0|1|1|1.0",
                    "1|9|1000000002000000|1000000798000000|2|2|0|0|0|2|2|1.0",
                ])
    }
}
