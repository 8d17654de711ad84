import GRDB
import Model
import Testing

@testable import Store

@Suite("What pruned details said stays by hour")
struct RollupTests {
    /// What the details of a file say, by SQL over the public views alone, and what is told by hours
    /// together with the details that are left.
    struct Question: Sendable, CustomTestStringConvertible {
        var name: String
        var details: String
        var hours: String

        var testDescription: String { name }
    }

    private static let powers = (0...40).map { String(1 << $0) }.joined(separator: ",")
    private static let alike = "comm, role, local_port, closed_by, close_kind"
    private static let hourly = "comm, role, service_port, closed_by, close_kind"

    /// The details' rows and the hours' rows have the same columns: keys, then a sum.
    private static let questions = [
        Question(
            name: "openings",
            details: """
                SELECT opened_us / 3600000000 AS hour, \(alike), count(*) AS n FROM connections
                GROUP BY 1, 2, 3, 4, 5, 6
                """,
            hours: "SELECT hour, \(hourly), opened FROM hourly_connections WHERE opened > 0"),
        Question(
            name: "attempts",
            details: """
                SELECT attempted_us / 3600000000, \(alike), count(*) FROM connections
                GROUP BY 1, 2, 3, 4, 5, 6
                """,
            hours: "SELECT hour, \(hourly), attempted FROM hourly_connections WHERE attempted > 0"),
        Question(
            name: "ends",
            details: """
                SELECT closed_us / 3600000000, \(alike), count(*) FROM connections
                WHERE closed_us IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
                """,
            hours: "SELECT hour, \(hourly), closed FROM hourly_connections WHERE closed > 0"),
        Question(
            name: "payload",
            details: """
                SELECT closed_us / 3600000000, \(alike), sum(bytes_sent) FROM connections
                WHERE closed_us IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
                """,
            hours: """
                SELECT hour, \(hourly), bytes_sent FROM hourly_connections
                WHERE bytes_sent IS NOT NULL
                """),
        Question(
            name: "lifetimes",
            details: """
                SELECT closed_us / 3600000000, \(alike), sum(CAST(lifetime_s * 1e6 + 0.01 AS INTEGER))
                FROM lifetimes WHERE censoring = 'none' GROUP BY 1, 2, 3, 4, 5, 6
                """,
            hours: """
                SELECT hour, \(hourly), CAST(round(sum(total_s * 1e6)) AS INTEGER) FROM hourly_lifetimes
                WHERE censoring = 'none' GROUP BY 1, 2, 3, 4, 5, 6
                """),
        Question(
            name: "classes of lifetimes",
            details: """
                SELECT closed_us / 3600000000, 1, '', 1, '',
                  (SELECT max(c.value) FROM json_each('[\(powers)]')
                    AS c WHERE c.value <= lifetime_s * 1e6) AS class, count(*)
                FROM lifetimes WHERE censoring = 'none' GROUP BY 1, 6
                """,
            hours: """
                SELECT hour, 1, '', 1, '', CAST(from_s * 1e6 AS INTEGER), sum(number)
                FROM hourly_lifetimes WHERE censoring = 'none' GROUP BY 1, 6
                """),
        Question(
            name: "TIME-WAITs",
            details: """
                SELECT left_us / 3600000000, comm, role, local_port, ended_by, '', count(*)
                FROM time_waits WHERE left_us IS NOT NULL GROUP BY 1, 2, 3, 4, 5
                """,
            hours: """
                SELECT hour, comm, role, service_port, ended_by, '', sum(number)
                FROM hourly_time_waits WHERE censoring = 'none' GROUP BY 1, 2, 3, 4, 5
                """),
        Question(
            name: "durations of TIME-WAIT",
            details: """
                SELECT left_us / 3600000000, comm, role, local_port, ended_by, '',
                  sum(CAST(duration_s * 1e6 + 0.01 AS INTEGER))
                FROM time_waits WHERE left_us IS NOT NULL GROUP BY 1, 2, 3, 4, 5
                """,
            hours: """
                SELECT hour, comm, role, service_port, ended_by, '',
                  CAST(round(sum(total_s * 1e6)) AS INTEGER)
                FROM hourly_time_waits WHERE censoring = 'none' GROUP BY 1, 2, 3, 4, 5
                """),
        Question(
            name: "states",
            details: """
                SELECT sampled_us / 3600000000, netns, '', 0, '', '', sum(established)
                FROM state_counts GROUP BY 1, 2
                """,
            hours: """
                SELECT hour, netns, '', 0, '', '', CAST(mean * samples + 0.5 AS INTEGER)
                FROM hourly_states WHERE state = 'ESTAB'
                """),
        Question(
            name: "samples",
            details: """
                SELECT sampled_us / 3600000000, 0, '', 0, '', '', count(*) FROM samples GROUP BY 1
                """,
            hours: "SELECT hour, 0, '', 0, '', '', samples FROM hourly_samples"),
        Question(
            name: "counters",
            details: """
                SELECT sampled_us / 3600000000, netns, '', 0, '', '', sum(n) FROM (
                  SELECT sampled_us, netns, passive_opens - lag(passive_opens) OVER (
                    PARTITION BY netns ORDER BY sample_id) AS n FROM kernel_counters)
                WHERE n IS NOT NULL GROUP BY 1, 2
                """,
            hours: """
                SELECT hour, netns, '', 0, '', '', increase FROM hourly_counters
                WHERE name = 'passive_opens'
                """),
        Question(
            name: "openings that the kernel counted",
            details: """
                SELECT until_us / 3600000000, netns, '', 0, '', '', sum(passive_kernel)
                FROM coverage_steps GROUP BY 1, 2
                """,
            hours: "SELECT hour, netns, '', 0, '', '', passive_kernel FROM hourly_coverage"),
        Question(
            name: "openings that were recorded",
            details: """
                SELECT until_us / 3600000000, netns, '', 0, '', '', sum(passive_recorded)
                FROM coverage_steps GROUP BY 1, 2
                """,
            hours: "SELECT hour, netns, '', 0, '', '', passive_recorded FROM hourly_coverage"),
    ]

    /// Rows with the same keys put together.
    private func sums(_ lines: [String]) -> [String: Int] {
        lines.reduce(into: [:]) { sums, line in
            let cut = line.lastIndex(of: "|") ?? line.startIndex
            sums[String(line[..<cut]), default: 0] += Int(line[cut...].dropFirst()) ?? 0
        }
    }

    @Test("to the last one: hours and the details that are left are what the details were")
    func equal() throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var tide = Tide(ebb: 500)
        try tide.record(1000, into: store)
        try store.end(atMicroseconds: tide.moment(1000) + 1, reason: "stopped")
        let database = try DatabaseQueue(path: folder.file())
        let before = try Self.questions.map { sums(try database.lines($0.details)) }
        try database.close()
        // Twice, so that hours are met again.
        for sample in [Int64(411), 700] {
            try RecordingStore(path: folder.file()).prune(PrunePlan(sample: sample), now: 0) {
                _, _ in
            }
            let database = try DatabaseQueue(path: folder.file())
            for (question, expected) in zip(Self.questions, before) {
                let hours = try database.lines(question.hours)
                let rest = try database.lines(question.details)
                #expect(!hours.isEmpty && !rest.isEmpty, "\(question.name)")
                let found = sums(hours + rest)
                #expect(found == expected, "\(question.name)")
            }
            try database.close()
        }
    }

    @Test("The peaks of states, handles and descriptors are those that were seen")
    func peaks() throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var tide = Tide()
        try tide.record(1000, into: store)
        try store.end(atMicroseconds: tide.moment(1000) + 1, reason: "stopped")
        let details = """
            SELECT (SELECT max(established) FROM state_counts WHERE sample_id < 700),
              (SELECT max(allocated) FROM fd_counts WHERE sample_id < 700),
              (SELECT max(peak_fds) FROM process_fds WHERE until_us < \(tide.moment(700)))
            """
        let hours = """
            SELECT (SELECT max(peak) FROM hourly_states WHERE state = 'ESTAB'),
              (SELECT max(handles_peak) FROM hourly_samples), (SELECT max(peak_fds) FROM hourly_fds)
            """
        let database = try DatabaseQueue(path: folder.file())
        let before = try database.lines(details)
        try database.close()
        try RecordingStore(path: folder.file()).prune(PrunePlan(sample: 700), now: 0) { _, _ in }
        #expect(try DatabaseQueue(path: folder.file()).lines(hours) == before)
        #expect(!before[0].contains("||"))
    }

    @Test("Counters that could not be read, or went backwards, make no figures")
    func unread() throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        for (index, opens) in ([10, nil, 14, 3, 5, 9, 9, 9] as [Int64?]).enumerated() {
            var sample = SampleRecord.example(Int64(index + 1), next: 1)
            sample.namespaces[0].counters.passiveOpens = opens
            sample.namespaces[0].counters.activeOpens = opens == nil ? nil : 0
            sample.namespaces[0].recordedPassive = 1
            try store.write(sample, changes: [])
        }
        try store.end(atMicroseconds: midnight + 9_000_000, reason: "stopped")
        try RecordingStore(path: folder.file()).prune(PrunePlan(sample: 6), now: 0) { _, _ in }
        let database = try DatabaseQueue(path: folder.file())
        // 10 to 14 over two samples, 3 to 5, 5 to 9.
        #expect(
            try database.lines(
                "SELECT name, increase FROM hourly_counters WHERE name = 'passive_opens'")
                == ["passive_opens|10"])
        // One step is unknown, so that the hour is; five were recorded after the first reading.
        #expect(
            try database.lines(
                "SELECT passive_kernel, passive_recorded, ratio FROM hourly_coverage")
                == ["|5|"])
    }

    @Test("What was open before or after is counted as censored, with the least it lived")
    func censored() throws {
        let folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var before = ConnectionRecord.example(1)
        before.opened = Bounds(earliest: nil, latest: midnight + 1_000_000)
        before.closed = Bounds(exactly: midnight + 4_000_000)
        before.lastSample = 3
        var attempt = ConnectionRecord.example(2, port: 40001)
        attempt.opened = .unknown
        attempt.firstSample = nil
        attempt.attempted = Bounds(exactly: midnight + 2_000_000)
        attempt.closed = Bounds(exactly: midnight + 2_000_100)
        attempt.closeKind = .refused
        try store.write(
            .example(1, next: 4),
            changes: [.alive(.example(3, port: 40002)), .ended(before), .ended(attempt)])
        for id in 2...6 { try store.write(.example(Int64(id), next: 4), changes: []) }
        // Connection 3 is there at the end.
        try store.end(atMicroseconds: midnight + 6_000_000, reason: "stopped")
        _ = try store.begin(.example(uuid: "two", started: midnight + 20_000_000))
        var later = SampleRecord.example(7, next: 4)
        later.sampledMicroseconds = midnight + 21_000_000
        try store.write(later, changes: [])
        try store.end(atMicroseconds: midnight + 22_000_000, reason: "stopped")
        try RecordingStore(path: folder.file()).prune(PrunePlan(sample: 7), now: 0) { _, _ in }
        let database = try DatabaseQueue(path: folder.file())
        #expect(
            try database.lines(
                """
                SELECT censoring, from_s, until_s, number, total_s FROM hourly_lifetimes
                ORDER BY censoring
                """) == ["left|2.097152|4.194304|1|3.0", "right|4.194304|8.388608|1|5.5"])
        #expect(
            try database.lines(
                """
                SELECT sum(attempted), sum(opened), sum(closed), sum(failed)
                FROM hourly_connections
                """) == ["1|1|1|1"])
        #expect(
            try database.lines("SELECT recording_id, part, reason, until_us FROM prunings")
                == ["1|details|by hand|\(midnight + 6_000_001)"])
    }
}
