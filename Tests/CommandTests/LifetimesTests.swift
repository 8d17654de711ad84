import Foundation
import Testing

@Suite("How long connections live")
struct LifetimesTests {
    private let folder: Folder
    private let night: String
    private let dumps: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        dumps = folder.file("dumps.sqlite")
        try RecordedNight.record(into: night)
        try DumpNight.record(into: dumps)
    }

    /// Rows of CSV by their header's names.
    private func rows(_ words: String, db: String? = nil) throws -> [[String: String]] {
        let outcome = try Command.shell(
            "\"$socktape\" report lifetimes --format csv " + words,
            environment: ["SOCKTAPE_DB": db ?? night])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let records = try CSV.parse(outcome.output)
        let header = try #require(records.first)
        return records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    private func number(_ row: [String: String]?, _ name: String) throws -> Double {
        try #require(row?[name].flatMap { Double($0) }, "\(name)")
    }

    /// 10 s, 4 to 6 s, and at least 65 s and 20 s: S is 3/4 from the second on and 1/2 from the
    /// first. The mean is the area under it to 65 s, 36.25 s; its variance is
    /// 31.25²/(4·3) + 27.5²/(3·2).
    @Test func `Figures and their bounds are those worked out by hand`() throws {
        let rows = try rows("")
        #expect(rows.map { $0["share"] } == ["p50", "p90", "p95", "p99", "mean"])
        #expect(try number(rows[0], "lifetime_s") == 10)
        #expect(try number(rows[0], "shortest_s") == 10)
        #expect(rows[1]["lifetime_s"] == "" && rows[1]["low_s"] != "0")
        let mean = rows[4]
        #expect(try number(mean, "lifetime_s") == 36.25)
        #expect(try number(mean, "shortest_s") == 36)
        #expect(try number(mean, "longest_s") == 36.5)
        #expect(try number(mean, "mean_until_s") == 65)
        let error = (31.25 * 31.25 / 12 + 27.5 * 27.5 / 6).squareRoot()
        #expect(abs(try number(mean, "low_s") - (36.25 - 1.959964 * error)) < 1e-4)
        #expect(abs(try number(mean, "high_s") - (36.25 + 1.959964 * error)) < 1e-4)
        #expect(["connections", "still_open", "open_before"].map { mean[$0] } == ["5", "2", "1"])
    }

    /// From 15 s to 60 s: 4.8 s to 10 s of one life, 5 s of another, and 5 s of one that lasts.
    @Test func `In a part of the recording one that was open before it counts from its age then`()
        throws
    {
        let range = "--since 03:00:15 --until 03:01:00"
        let curve = try rows("--curve " + range)
        #expect(curve.map { $0["lifetime_s"] } == ["5.0", "10.0"])
        #expect(curve.map { $0["at_risk"] } == ["3", "1"])
        #expect(curve.map { $0["events"] } == ["1", "1"])
        #expect(abs(try number(curve[0], "survival") - 2.0 / 3) < 1e-9)
        #expect(try number(curve[1], "survival") == 0)
        #expect(curve[1]["low"] == "" && curve[1]["high"] == "")
        let figures = try rows(range)
        #expect(figures[0]["entered_late"] == "1")
        #expect(figures[0]["open_before"] == "1")
        #expect(figures[0]["still_open"] == "1")
    }

    @Test(
        "Each way to gather them gives the same as the views",
        arguments: [
            "process", "peer", "port", "peer-port", "role", "closer",
        ])
    func filtered(by: String) throws {
        for (db, range) in [
            (night, ""), (night, "--since 03:00:15 --until 03:01:00"), (dumps, "--correct"),
            (dumps, "--since 03:00:10 --until 03:00:20"),
        ] {
            let counted = try rows("--by \(by) \(range)", db: db)
            // A filter that all pass goes through the views.
            let viewed = try rows(
                "--by \(by) \(range) --role client --role server", db: db)
            #expect(counted == viewed)
            #expect(!counted.isEmpty)
        }
    }

    @Test func `A grouping that is not known names those that are`() throws {
        let outcome = try Command.socktape("report", "lifetimes", "--by", "colour", db: night)
        #expect(outcome.code == 64)
        for name in ["process", "peer", "port", "peer-port", "role", "closer"] {
            #expect(outcome.complaint.contains(name))
        }
    }

    /// 100 lives of which a dump met one in one and a half, and 50 that left a TIME-WAIT.
    @Test func `What dumps missed is estimated, but not where a TIME-WAIT tells of all`() throws {
        let curve = try rows("--correct --curve", db: dumps)
        #expect(try curve.map { try number($0, "lifetime_s") } == [0.5, 1])
        #expect(try curve.map { try number($0, "events").rounded() } == [50, 150])
        #expect(abs(try number(curve[0], "survival") - 0.75) < 1e-6)
        let plain = try rows("--curve", db: dumps)
        #expect(abs(try number(plain[0], "survival") - 100.0 / 150) < 1e-6)
        let row = try rows("--correct", db: dumps)[0]
        #expect(row["connections"] == "150")
        #expect(try number(row, "stands_for") == 200)
    }

    @Test func `Bounds of dumps alone are as wide as the figures can be`() throws {
        let rows = try rows("--peer :443", db: dumps)
        #expect(try number(rows[0], "lifetime_s") == 1)
        #expect(try number(rows[0], "shortest_s") == 0)
        #expect(try number(rows[0], "longest_s") == 2)
        #expect(try number(rows[4], "shortest_s") == 0)
        #expect(try number(rows[4], "longest_s") == 2)
    }

    @Test func `Dumps alone say that they miss short lives, and how to estimate them`() throws {
        let outcome = try Command.socktape("report", "lifetimes", db: dumps)
        let told = outcome.complaint.replacing("\n  ", with: " ")
        #expect(told.contains("seen by dumps alone, 1.00 s apart"))
        #expect(told.contains("--correct"))
    }

    @Test func `Where events were heard there is nothing to correct`() throws {
        let file = folder.file("events.sqlite")
        try EventNight().record(into: file)
        let outcome = try Command.socktape("report", "lifetimes", "--correct", db: file)
        #expect(outcome.code == 64)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.complaint.contains("leave out --correct"))
        #expect(outcome.output.isEmpty)
    }

    @Test func `People see a drawing, machines do not`() throws {
        let outcome = try Command.socktape("report", "lifetimes", db: night)
        #expect(outcome.output.contains("lives longer than this"))
        #expect(outcome.output.contains("⠉") && outcome.output.contains("█"))
        let plain = try Command.socktape(
            "report", "lifetimes", db: night, environment: ["LANG": "C"])
        #expect(plain.output.contains("*") && plain.output.utf8.allSatisfy { $0 < 0x80 })
        let markdown = try Command.socktape(
            "report", "lifetimes", "--format", "markdown", db: night)
        #expect(!markdown.output.contains("lives longer"))
    }

    @Test func `The SQL behind the figures gives the ages that they rest on`() throws {
        let sql = try Command.socktape("report", "lifetimes", "--sql", db: night).output
        let outcome = try Command.socktape("sql", sql, "--format", "csv", db: night)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let records = try CSV.parse(outcome.output)
        #expect(records[0][1...3] == ["entry_s", "exit_s", "ended"])
        let ages = Set(records.dropFirst().map { $0[2] })
        #expect(ages == ["", "10.0", "5.0", "65.0", "20.0"])
    }
}
