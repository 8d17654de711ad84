import Foundation
import Testing

@Suite("The table at a moment is summed up, and its doubts are marked")
struct AtTests {
    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try TravelNight.record(into: night)
    }

    private func at(_ words: String) throws -> Command.Outcome {
        let outcome = try Command.shell(
            "\"$socktape\" at \(words)", environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return outcome
    }

    private func marked(_ words: String) throws -> [Int?] {
        try JSON.objects(try at(words + " --format json").output)
            .filter { $0["uncertain"] as? String == "~" }.map { $0["connection_id"] as? Int }
    }

    @Test func `Sums say how many sockets were in each state`() throws {
        // 350 s: connections 1, 2 and 6, and three listeners.
        let outcome = try at("02:05:50")
        #expect(outcome.complaint.contains("6 sockets: 3 LISTEN, 2 ESTAB, 1 CLOSE-WAIT"))
        #expect(outcome.output.split(separator: "\n").count == 7)
        let filtered = try at("02:05:50 --state listen")
        #expect(filtered.complaint.contains("3 sockets: 3 LISTEN"))
        let none = try at("02:05:50 --port 1")
        #expect(none.complaint.contains("0 sockets"))
    }

    @Test func `Rows are marked while their bounds straddle the moment`() throws {
        // Closed, and entered TIME-WAIT, between 120 s and 130 s: it left between 200 s and 210 s.
        #expect(try marked("2026-11-24T02:02:00Z").isEmpty)
        #expect(try marked("2026-11-24T02:02:00.000001Z") == [4])
        #expect(try marked("2026-11-24T02:02:09.999Z") == [4])
        #expect(try marked("2026-11-24T02:02:10Z").isEmpty)
        #expect(try marked("2026-11-24T02:03:20Z").isEmpty)
        #expect(try marked("2026-11-24T02:03:25Z") == [4])
        // What is exact is never marked, also between two samples.
        #expect(try marked("2026-11-24T02:00:49.4Z").isEmpty)
        let outcome = try at("02:02:05")
        #expect(outcome.complaint.contains("1 marked ~ may have changed on either side"))
    }

    @Test func `A whole table is what its SQL gives, at every sample`() throws {
        for second in stride(from: 0, through: 600, by: 10) {
            let time = "start+\(second + 5)s"
            let moment = second < 600 ? time : "end"
            let direct = try CSV.parse(try at("\(moment) --format csv").output).dropFirst()
            let sql = try at("\(moment) --sql").output
            let free = try Command.socktape("sql", sql, "--format", "csv", db: night)
            #expect(free.code == 0)
            #expect(Array(direct) == Array(try CSV.parse(free.output).dropFirst()), "\(moment)")
            #expect(direct.count > 2)
        }
    }
}
