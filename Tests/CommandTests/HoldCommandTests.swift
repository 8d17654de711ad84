import Foundation
import Testing

@Suite("What reports tell a person of processes, peers and limits")
struct HoldCommandTests {
    private let folder: Folder
    private let file: String

    init() throws {
        folder = try Folder()
        file = folder.file("hold.sqlite")
        try HoldNight.record(into: file)
    }

    private func run(_ words: String) throws -> Command.Outcome {
        let outcome = try Command.shell(
            "\"$socktape\" report " + words, environment: ["SOCKTAPE_DB": file, "COLUMNS": "80"])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return outcome
    }

    /// A CSV answer by the names of its columns.
    private func rows(_ words: String) throws -> [[String: String]] {
        let records = try CSV.parse(try run(words + " --format csv").output)
        let header = try #require(records.first)
        return records.dropFirst().map {
            Dictionary(uniqueKeysWithValues: zip(header, $0))
        }
    }

    private func row(_ process: String, of words: String) throws -> [String: String] {
        let all = try rows(words)
        return try #require(all.first { $0["process"] == process })
    }

    private func flat(_ outcome: Command.Outcome) -> String {
        outcome.complaint.replacing("\n  ", with: " ")
    }

    private func number(_ text: String?) throws -> Double {
        let digits = try #require(text)
        return try #require(Double(digits))
    }

    @Test("Descriptors grow as scipy says of the same instants")
    func slopes() throws {
        // scipy.stats.theilslopes(y, x, 0.95) of scipy 1.17.1, x in hours: the value of each step
        // function at begin + (end - begin) * i // 59 for i in 0…59, without those within the gap.
        let leaky = try row("leaky", of: "fds")
        let expected = [11.959459457573958, 11.800000000491666, 12.102564102305502]
        for (name, value) in zip(
            ["growth_per_h", "growth_per_h_min", "growth_per_h_max"], expected)
        {
            #expect(abs(try number(leaky[name]) - value) < 1e-9)
        }
        #expect(leaky["trend"] == "growing")
        let all = try rows("fds")
        let host = try #require(all.first)
        #expect(host["scope"] == "host")
        #expect(abs(try number(host["growth_per_h"]) - 59.59000000248291) < 1e-9)
        // 30 are left of 64, at that pace.
        #expect(abs(try number(leaky["to_limit_s"]) - 30 / expected[0] * 3600) < 1e-3)
        #expect(abs(try number(leaky["to_limit_min_s"]) - 30 / expected[2] * 3600) < 1e-3)
        #expect(abs(try number(leaky["to_limit_max_s"]) - 30 / expected[1] * 3600) < 1e-3)
    }

    @Test func `What swings, or jumps once, is not growing and reaches no limit`() throws {
        for name in ["steady", "jumper"] {
            let row = try row(name, of: "fds")
            #expect(row["trend"] == "not growing", "\(name)")
            #expect(row["to_limit_s"]?.isEmpty == true, "\(name)")
        }
        // Before its jump it stood still; within few minutes of it a step is no trend.
        let around = "fds --since 03:58 --until 04:02"
        #expect(try row("jumper", of: around)["trend"] != "growing")
    }

    @Test func `A rise of fewer than five values is unclear`() throws {
        // 10, 11, 12 and 13 within a quarter of an hour and a bit.
        #expect(try row("leaky", of: "fds --until 03:19")["trend"] == "unclear")
        #expect(try row("leaky", of: "fds --until 03:29")["trend"] == "growing")
    }

    @Test func `The table says when a limit is reached, and the sentences how surely`() throws {
        let outcome = try run("fds")
        let line = try #require(
            outcome.output.split(separator: "\n").first { $0.contains("leaky") })
        #expect(line.contains("2 h 31 min"))
        let steady = try #require(
            outcome.output.split(separator: "\n").first { $0.contains("steady") })
        #expect(steady.contains("not growing"))
        #expect(
            flat(outcome).contains(
                "leaky (300) grows by 12 descriptors an hour (11.80 to 12.10); its limit of 64 is "
                    + "reached in 2 h 31 min (2 h 29 min to 2 h 33 min) if it goes on so\n"))
    }

    @Test func `An overflow is laid at nobody's door without proof`() throws {
        #expect(
            flat(try run("listeners")).contains(
                "accept queues overflowed 12 times, 2026-11-23 03:20:00 to 2026-11-23 04:31:00: "
                    + "the queue of 0.0.0.0:80 (nginx) was seen full at some time; whether then is "
                    + "not known\n"))
        #expect(
            flat(try run("listeners --until 03:30")).contains(
                "accept queues overflowed 5 times, 2026-11-23 03:20:00 to 2026-11-23 03:21:00: "
                    + "0.0.0.0:80 (nginx) was the only listener there\n"))
        #expect(!flat(try run("listeners --since 03:30 --until 04:20")).contains("overflowed"))
    }

    @Test func `Only what carried nothing is listed as silent`() throws {
        #expect(try rows("long --silent").map { $0["connection_id"] } == ["1"])
        #expect(try rows("long").map { $0["mark"] } == [">", "~", ""])
    }

    @Test(
        "Churn that cannot be counted is 64, with the remedy",
        arguments: [
            ("--by flow --bucket 5m", "try one of them"), ("--bucket 1500ms", "try --bucket 1s"),
            ("--bucket 10ms", "try"),
            ("--bucket 1s --since 2000-01-01 --until now", "try a longer --bucket"),
            ("--by host", "try"),
        ])
    func refused(_ words: String, _ remedy: String) throws {
        let outcome = try Command.shell(
            "\"$socktape\" report churn " + words, environment: ["SOCKTAPE_DB": file])
        #expect(outcome.code == 64)
        #expect(outcome.complaints.count == 1, "\(outcome.complaint)")
        #expect(outcome.complaint.contains(remedy), "\(outcome.complaint)")
    }

    @Test(
        "Each report's SQL runs in any program that reads SQLite",
        arguments: [
            "peers", "peers --by peer-port --top 2", "processes", "churn", "churn --by process",
            "churn --by flow", "long --silent", "limits", "listeners", "fds", "summary",
        ])
    func sql(_ words: String) throws {
        let sql = try run(words + " --sql").output
        let text = folder.file("query.sql")
        try Data(sql.utf8).write(to: URL(fileURLWithPath: text))
        let outcome = try Command.shell(
            "\"$socktape\" sql \"$(cat \(text))\" --format csv", environment: ["SOCKTAPE_DB": file])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(try CSV.parse(outcome.output).count == (try rows(words).count) + 1)
    }
}
