import GRDB
import Testing

@testable import Store

@Suite("Views of connections")
struct ConnectionViewTests {
    let folder: TemporaryFolder
    let database: DatabaseQueue

    init() throws {
        folder = try TemporaryFolder()
        database = try emptyRecording(in: folder)
        try database.run(HandMadeRows.sql)
    }

    @Test("Points are exact, midpoints or unknown; what is alive was last seen at the last sample")
    func connections() throws {
        #expect(
            try database.lines(
                """
                SELECT connection_id, state, attempted_us - 1000000000000000,
                  opened_us - 1000000000000000, closed_us - 1000000000000000,
                  closed_min_us - 1000000000000000, closed_max_us - 1000000000000000
                FROM connections ORDER BY connection_id
                """) == [
                    "1|ESTAB|||2200000|2100000|2300000",
                    "2|TIME-WAIT|300000|300000|1500000|1500000|1500000",
                    "3|CLOSE-WAIT||1200000||4000000|",
                    "4|UNCONN|1600000||1600100|1600100|1600100",
                    "5|ESTAB||2700000||4000000|",
                    "6|TIME-WAIT||3250000|3400000|3400000|3400000",
                ])
    }

    @Test("Times as text follow the wall clock, steps included")
    func texts() throws {
        // 3.4 s after 01:46:40 on the axis, two seconds more by the clock that was set forward.
        #expect(
            try database.lines(
                "SELECT opened_at, closed_at FROM connections WHERE connection_id IN (2, 6)")
                == [
                    "2001-09-09T01:46:40.300000Z|2001-09-09T01:46:41.500000Z",
                    "2001-09-09T01:46:45.250000Z|2001-09-09T01:46:45.400000Z",
                ])
        #expect(
            try database.lines("SELECT sampled_at FROM samples WHERE sample_id IN (2, 3)")
                == ["2001-09-09T01:46:42.000000Z", "2001-09-09T01:46:45.000000Z"])
    }

    @Test("A moment before 1970 is written like any other")
    func beforeEpoch() throws {
        try database.run("UPDATE recording SET started_us = -1500000, ended_us = -1")
        #expect(
            try database.lines("SELECT started_at, ended_at FROM recordings")
                == ["1969-12-31T23:59:58.500000Z|1969-12-31T23:59:59.999999Z"])
    }

    @Test("Unknown namespaces, cookies, interfaces and owners are NULL, and words are words")
    func words() throws {
        #expect(
            try database.lines(
                """
                SELECT connection_id, netns, interface, role, pid, comm, uid, cookie, closed_by,
                  close_kind
                FROM connections WHERE connection_id IN (1, 3, 4) ORDER BY connection_id
                """) == [
                    "1|9||server|77|nginx|33|101|peer|fin", "3||4|client|||||unknown|unknown",
                    "4|9||client|78|child|33|104|peer|refused",
                ])
    }

    @Test("Lifetimes have their bounds and their censoring; an attempt has none")
    func lifetimes() throws {
        #expect(
            try database.lines(
                """
                SELECT connection_id, lifetime_s, lifetime_min_s, lifetime_max_s, censoring
                FROM lifetimes ORDER BY connection_id
                """) == [
                    // 2.1 - 1.0 at least; when it opened is not known.
                    "1||1.1||left",
                    // 1.5 - 0.3, 1.5 - 0.4, 1.5 - 0.2.
                    "2|1.2|1.1|1.3|none",
                    "3||2.8||right", "5||1.3||right", "6|0.15|0.1|0.2|none",
                ])
    }

    @Test("Open before the start and still open at the end is censored on both sides")
    func censoredOnBothSides() throws {
        try database.run("UPDATE ended_connection SET closed_width = -1 WHERE connection_id = 1")
        #expect(
            try database.lines("SELECT censoring FROM lifetimes WHERE connection_id = 1")
                == ["both"])
    }

    @Test("A stay in TIME-WAIT has its bounds; one that lasts is open")
    func timeWaits() throws {
        #expect(
            try database.lines(
                """
                SELECT connection_id, entered_us - 1000000000000000, entered_at,
                  left_us - 1000000000000000, left_min_us - 1000000000000000,
                  left_max_us - 1000000000000000, duration_s, duration_min_s, duration_max_s,
                  restarts, ended_by
                FROM time_waits ORDER BY connection_id
                """) == [
                    "2|1500000|2001-09-09T01:46:41.500000Z|3300000|3100000|3500000|1.8|1.6|2.0|1"
                        + "|cut_short",
                    "6|3400000|2001-09-09T01:46:45.400000Z||4000000|||0.6||0|open",
                ])
    }

    @Test("A regular life is told without rows of its own, another by its spans")
    func stateHistory() throws {
        #expect(
            try database.lines(
                """
                SELECT connection_id, state, entered_us - 1000000000000000,
                  left_us - 1000000000000000, left_min_us - 1000000000000000,
                  left_max_us - 1000000000000000, duration_s
                FROM state_history ORDER BY connection_id, entered_max_us
                """) == [
                    "1|ESTAB||2200000|2100000|2300000|",
                    "2|ESTAB|300000|1500000|1500000|1500000|1.2",
                    "2|TIME-WAIT|1500000|3300000|3100000|3500000|1.8",
                    "3|ESTAB|1200000|2500000|2000000|3000000|1.3",
                    "3|CLOSE-WAIT|2500000||4000000||", "5|ESTAB|2700000||4000000||",
                    "6|ESTAB|3250000|3400000|3400000|3400000|0.15",
                    "6|TIME-WAIT|3400000||4000000||",
                ])
    }

    @Test("A socket's owners are the connection's own and those who joined")
    func owners() throws {
        #expect(
            try database.lines(
                """
                SELECT connection_id, process_id, from_us - 1000000000000000,
                  until_us - 1000000000000000
                FROM socket_owners ORDER BY connection_id, process_id
                """) == [
                    "1|1|1000000|2100000", "2|1|400000|1500000", "4|2|1600000|1600100",
                    "5|1|2700000|4000000", "5|2|2800000|4000000", "6|1|3300000|3400000",
                ])
    }
}
