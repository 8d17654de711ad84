import Foundation
import GRDB
import Testing

@Suite("What reports say of what was seen")
struct CoverageTests {
    private let folder: Folder
    private let file: String

    init() throws {
        folder = try Folder()
        file = folder.file("night.sqlite")
    }

    private func run(_ words: String, of night: EventNight = EventNight()) throws -> Command.Outcome
    {
        try night.record(into: file)
        let outcome = try Command.shell(
            "\"$socktape\" " + words, environment: ["SOCKTAPE_DB": file, "COLUMNS": "80"])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return outcome
    }

    /// A complaint without its line breaks.
    private func flat(_ outcome: Command.Outcome) -> String {
        outcome.complaint.replacing("\n  ", with: " ")
    }

    @Test("Every report that rests on connections says how many were seen and why not all")
    func reason() throws {
        for words in [
            "report coverage", "report summary", "report lifetimes", "report time-wait",
            "report states", "report processes", "report listeners", "report peers",
            "report churn", "report churn --by flow", "report long", "report limits",
            "connections", "status",
        ] {
            let outcome = try run(words)
            #expect(
                flat(outcome).contains(
                    "coverage: 98.76 % of 24,700 connections (97.52 % as client, 99.94 % as "
                        + "server); of the 307 missing 300 fell between 04:10 and 04:12, when "
                        + "events were shed; 7 fell between 04:40 and 04:41, when 12 events were "
                        + "lost\n"), "\(words)")
            try FileManager.default.removeItem(atPath: file)
        }
    }

    @Test func `One cause is one clause`() throws {
        var night = EventNight()
        night.sources[3].3 = nil
        night.sources[3].4 = nil
        let scope = "report states --since 04:00 --until 04:30"
        #expect(
            flat(try run(scope, of: night)).contains(
                "; the 300 missing fell between 04:10 and 04:12, when events were shed\n"))
    }

    @Test func `Without events or destroy messages the dumps are to blame, whenever it was`() throws
    {
        var night = EventNight()
        night.sources = [("bpf", 0, nil, nil, "cannot load: no BTF; try Linux 5.12")]
        #expect(
            flat(try run("report states", of: night)).contains(
                "; the 307 missing: by dumps alone connections shorter than the interval are not "
                    + "seen\n"))
    }

    @Test func `What the sources lacked is told with when and how long`() throws {
        let complaint = flat(try run("report coverage"))
        #expect(
            complaint.contains(
                "bpf: shed: events, over --event-budget 5 % (at 2026-11-23 04:10:00, for 2 min)\n"))
        #expect(
            complaint.contains(
                "bpf: 12 events lost: no room in the ring (at 2026-11-23 04:40:00, for 60.0 s)\n"))
    }

    @Test func `More than all is called a defect and marked`() throws {
        var night = EventNight(blueFrom: nil)
        night.surplus = 400
        let outcome = try run("report coverage", of: night)
        #expect(
            flat(outcome).contains(
                "! as client: 12,200 recorded, 12,100 counted by the kernel; more than all is a "
                    + "defect of the recorder, not a success: do not rely on these figures\n"))
        #expect(
            outcome.output.split(separator: "\n").filter { $0.hasSuffix("!") }.count == 3)
    }

    @Test func `Namespaces are named where there are several, and only there`() throws {
        let lines = try run("report coverage").output.split(separator: "\n")
        #expect(
            lines[0].split(separator: " ") == ["from", "namespace", "client", "seen", "server"]
                + ["seen"])
        #expect(lines.contains { $0.contains("blue") && $0.contains("as server") })
        #expect(lines.allSatisfy { $0.count <= 80 })
        try FileManager.default.removeItem(atPath: file)
        let alone = try run("report coverage", of: EventNight(blueFrom: nil))
        #expect(!alone.output.contains("namespace"))
    }

    @Test func `The share of exact times is told, TIME-WAIT apart`() throws {
        #expect(
            flat(try run("report coverage")).contains(
                "exact times: 71.43 % of 7 openings and ends, 100 % of 2 entries and ends of "
                    + "TIME-WAIT; the others have bounds\n"))
        try FileManager.default.removeItem(atPath: file)
        let summary = try JSON.objects(try run("report summary --format json").output)
        #expect(summary.first?["exact"] as? Double == 5.0 / 7)
        #expect(summary.first?["time_wait_exact"] as? Double == 1)
        #expect(summary.first?["not_sent"] as? Int == 1)
        #expect(summary.first?["no_room"] as? Int == 1)
    }

    @Test func `A close without room in TIME-WAIT's table is counted apart`() throws {
        let outcome = try run("report time-wait")
        #expect(
            flat(outcome).contains(
                "no room in TIME_WAIT's table (tcp_max_tw_buckets): 1 close did not wait, and is "
                    + "no part of the other columns\n"))
        #expect(outcome.output.contains("no room\n"))
    }

    @Test func `An attempt without a port shows none, and a handshake its length`() throws {
        let rows = try CSV.parse(try run("connections --format csv").output)
        let header = try #require(rows.first)
        let local = try #require(header.firstIndex(of: "local"))
        let handshake = try #require(header.firstIndex(of: "handshake_us"))
        let kind = try #require(header.firstIndex(of: "close_kind"))
        #expect(rows[1][local] == "192.0.2.10:*")
        #expect(rows[1][kind] == "not_sent")
        #expect(rows[1][handshake].isEmpty)
        #expect(rows[2][handshake] == "250")
        // Somewhere within the same minute.
        #expect(rows[4][handshake...].prefix(3) == ["30000000", "0", "60000000"])
    }

    @Test func `A connection whose times have bounds is marked, an exact one is not`() throws {
        let rows = try CSV.parse(try run("connections --format csv").output)
        let mark = try #require(rows.first?.firstIndex(of: "uncertain"))
        #expect(rows.dropFirst().map { $0[mark] } == ["", "", "", "~"])
    }

    @Test func `A namespace whose counters cannot be read is told about`() throws {
        try EventNight().record(into: file)
        let database = try DatabaseQueue(path: file)
        try database.write {
            try $0.execute(
                sql: "UPDATE namespace_sample SET active_opens = NULL WHERE netns = 2")
        }
        try database.close()
        let outcome = try Command.socktape("report", "coverage", db: file)
        #expect(
            flat(outcome).contains(
                "coverage of 1 namespace is unknown: the kernel's counters were not read there\n"))
    }

    @Test func `The recording keeps its own rules`() throws {
        #expect(try run("check").complaint.contains("no damage found"))
    }
}
