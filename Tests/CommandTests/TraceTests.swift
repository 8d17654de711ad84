import Foundation
import Testing

@Suite("A connection is traced from its first SYN to its last")
struct TraceTests {
    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try TravelNight.record(into: night)
    }

    /// The steps of a trace, each as a dictionary.
    private func steps(_ words: String...) throws -> [[String: Any]] {
        let outcome = try Command.shell(
            "\"$socktape\" trace " + words.joined(separator: " ") + " --format json",
            environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return try JSON.objects(outcome.output)
    }

    private func texts(_ steps: [[String: Any]], _ keys: String...) -> [String] {
        steps.map { step in keys.map { step[$0].map { "\($0)" } ?? "<null>" }.joined(separator: " ")
        }
    }

    @Test func `The hand-made recording is a sound one`() throws {
        let outcome = try Command.socktape("check", db: night)
        #expect(outcome.code == 0, "\(outcome.output)")
    }

    @Test func `Each state comes with its bounds, in the order of the life`() throws {
        let steps = try steps("4")
        let states = steps.filter { ["handshake", "state"].contains($0["part"] as? String) }
        #expect(
            texts(states, "state", "entered_min", "entered_max", "left_min", "left_max") == [
                "SYN-SENT 2026-11-24T02:01:19.500000Z 2026-11-24T02:01:19.500000Z "
                    + "2026-11-24T02:01:19.501000Z 2026-11-24T02:01:19.501000Z",
                "ESTAB 2026-11-24T02:01:19.501000Z 2026-11-24T02:01:19.501000Z "
                    + "2026-11-24T02:02:00.000000Z 2026-11-24T02:02:10.000000Z",
                "TIME-WAIT 2026-11-24T02:02:00.000000Z 2026-11-24T02:02:10.000000Z "
                    + "2026-11-24T02:03:20.000000Z 2026-11-24T02:03:30.000000Z",
            ])
        let wait = try #require(states.last)
        #expect(wait["ended_by"] as? String == "expired")
        #expect(wait["restarts"] as? Int == 1)
        // From 120–130 s to 200–210 s.
        #expect(wait["duration_s"] as? Double == 80)
        #expect(wait["duration_min_s"] as? Double == 70)
        #expect(wait["duration_max_s"] as? Double == 90)
    }

    @Test func `Earlier and later connections between the same ends are named`() throws {
        for (words, earlier, later) in [
            (["3"], [], [4, 5]), (["4"], [3], [5]), (["5"], [3, 4], []),
            // Of several the latest is told.
            (["192.0.2.10:45000", "203.0.113.5:5432"], [3, 4], []),
            (["'192.0.2.10:45000 203.0.113.5:5432'"], [3, 4], []),
            // The other way round it is the same connection, where one end is elsewhere.
            (["203.0.113.5:5432", "192.0.2.10:45000"], [3, 4], []),
        ] {
            let steps = try steps(words.joined(separator: " "))
            for (part, ids) in [("earlier", earlier), ("later", later), ("other end", [])] {
                let found = steps.filter { $0["part"] as? String == part }
                #expect(found.map { $0["connection_id"] as? Int } == ids, "\(words) \(part)")
            }
        }
    }

    @Test func `Where both ends are here, each is told with the other`() throws {
        let client = try steps("192.0.2.10:46000", "192.0.2.10:5432")
        #expect(texts(client, "part", "connection_id").first == "connection 9")
        #expect(texts(client, "part", "connection_id").last == "other end 10")
        let server = try steps("192.0.2.10:5432", "192.0.2.10:46000")
        #expect(texts(server, "part", "connection_id").first == "connection 10")
        #expect(texts(server, "part", "connection_id").last == "other end 9")
    }

    @Test func `A socket that two processes held names both`() throws {
        let owners = try steps("6").filter { $0["part"] as? String == "owner" }
        #expect(texts(owners, "process", "pid") == ["nginx 100", "nginx 101"])
        #expect(owners.last?["left"] as? String == "2026-11-24T02:06:00.000000Z")
    }

    @Test func `What was not seen is not made up`() throws {
        // Open before the recording, and after it.
        let open = try #require(try steps("1").first)
        #expect(open["entered"] is NSNull)
        #expect(open["entered_min"] is NSNull)
        #expect(open["left_max"] is NSNull)
        #expect(open["duration_s"] is NSNull)
        #expect(open["duration_min_s"] as? Double == 600)
        // Refused: it had no state but the attempt.
        let refused = try steps("7")
        #expect(texts(refused, "part") == ["connection", "handshake", "owner"])
        #expect(refused[1]["duration_s"] as? Double == 0.0005)
        // Sampled in SYN-SENT: told once.
        #expect(
            texts(try steps("8"), "part", "state") == [
                "connection SYN-SENT", "state SYN-SENT", "owner <null>",
            ])
    }

    @Test func `A page for people says it all in words`() throws {
        let outcome = try Command.socktape("trace", "4", db: night)
        let output = outcome.output
        #expect(output.contains("192.0.2.10:45000"))
        #expect(output.contains(/closed +2026-11-24 02:02:05.000 ± 5.00 s/))
        #expect(output.contains(/lifetime +45.5 s \(40.5 s to 50.5 s\)/))
        #expect(output.contains(/TIME-WAIT +80.0 s \(70.0 s to 90.0 s\), expired, restarted 1 t/))
        #expect(output.contains(/earlier +3 +2026-11-24 02:00:20.000 +29.5 s/))
        #expect(outcome.complaint.contains("between the same ends: 1 earlier, 1 later"))
        let open = try Command.socktape("trace", "1", db: night)
        #expect(open.output.contains(/opened +before 2026-11-24 02:00:00.000/))
        #expect(open.output.contains(/lifetime +at least 10 min/))
        #expect(open.complaint.contains("gap: nothing was seen for 30.0 s"))
    }

    @Test(
        "What cannot be traced gets one line that helps",
        arguments: [
            (["99"], 69, "ids reach from 1 to 13"),
            (["192.0.2.10:1", "203.0.113.5:5432"], 69, "no connection between them"),
            (["192.0.2.10", "203.0.113.5:5432"], 64, "has no port"),
            (["10.0.0.0/8:80", "203.0.113.5:5432"], 64, "is not one address"),
            (["nginx"], 64, "neither an id nor two ends"),
            (["99999999999999999999"], 64, "no id is that large"),
        ] as [([String], Int32, String)])
    func refused(_ words: [String], _ code: Int32, _ part: String) throws {
        let outcome = try Command.shell(
            "\"$socktape\" trace " + words.joined(separator: " "),
            environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == code)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.complaint.contains(part), "\(outcome.complaint)")
        #expect(outcome.complaint.contains("; try "))
    }

    @Test func `The SQL that it prints gives the same rows by itself`() throws {
        for id in ["4", "9", "1", "8"] {
            let sql = try Command.socktape("trace", id, "--sql", db: night)
            #expect(sql.code == 0)
            let rows = try Command.socktape("sql", sql.output, "--format", "csv", db: night)
            let told = try Command.socktape("trace", id, "--format", "csv", db: night)
            #expect(
                rows.output.split(separator: "\r\n").count
                    == told.output.split(separator: "\r\n").count, "\(rows.complaint)")
        }
    }
}
