import Foundation
import Testing

@Suite("Two moments are compared socket by socket")
struct DiffTests {
    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try TravelNight.record(into: night)
    }

    /// `change was became local peer id`, a line each.
    private func difference(_ words: String) throws -> [String] {
        let outcome = try Command.shell(
            "\"$socktape\" diff \(words) --format json", environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return try JSON.objects(outcome.output).map { row in
            ["uncertain", "change", "was", "became", "connection_id"]
                .map { row[$0].map { "\($0)" } ?? "" }.map { $0 == "<null>" ? "-" : $0 }
                .joined(separator: " ").trimmingCharacters(in: .whitespaces)
        }
    }

    @Test func `What appeared, went and changed state is there, and nothing else`() throws {
        // The samples at 90 s and 350 s: the listener of :9000 came at 200 s.
        #expect(
            try difference("02:01:30 02:05:50") == [
                "appeared - LISTEN -", "appeared - ESTAB 6", "changed ESTAB CLOSE-WAIT 2",
                "gone ESTAB - 4",
            ])
        #expect(try difference("02:05:50 02:05:50").isEmpty)
        // The listener went after 400 s.
        #expect(
            try difference("02:06:40 02:07:00") == [
                "gone LISTEN - -", "appeared - SYN-SENT 8",
            ])
    }

    @Test func `A filter lets pass what fits at either moment`() throws {
        #expect(
            try difference("02:01:30 02:05:50 --state established") == [
                "appeared - ESTAB 6", "changed ESTAB CLOSE-WAIT 2", "gone ESTAB - 4",
            ])
        #expect(
            try difference("02:01:30 02:05:50 --state close-wait") == [
                "changed ESTAB CLOSE-WAIT 2"
            ])
        #expect(
            try difference("start end --process leaky") == [
                "appeared - CLOSE-WAIT 2", "appeared - ESTAB 13",
            ])
    }

    @Test func `What may be no difference is marked`() throws {
        // Connection 4 closed between 120 s and 130 s, and left TIME-WAIT between 200 s and 210 s.
        #expect(
            try difference("02:01:30 02:02:05 --port 45000").isEmpty)
        #expect(
            try difference("02:02:05 02:02:30 --port 45000") == ["~ changed ESTAB TIME-WAIT 4"])
        #expect(
            try difference("02:02:30 02:03:35 --port 45000") == ["gone TIME-WAIT - 4"])
        #expect(
            try difference("02:03:25 02:03:35 --port 45000") == ["~ gone TIME-WAIT - 4"])
    }

    @Test func `A summary says how much there is, and what came and went in between`() throws {
        let outcome = try Command.socktape("diff", "02:01:30", "02:05:50", db: night)
        #expect(outcome.complaint.contains("2 appeared, 1 changed, 1 gone"))
        // Connection 5 lived from 301 s to 311 s.
        #expect(outcome.complaint.contains("1 connection or attempt came and went in between"))
        #expect(outcome.complaint.contains("gap: nothing was seen for 30.0 s"))
        let same = try Command.socktape("diff", "02:01:30", "02:01:30", db: night)
        #expect(same.complaint.contains("no difference"))
    }

    @Test func `A time of day before the other one is of the same night`() throws {
        let backward = try Command.socktape("diff", "end", "start", db: night)
        #expect(backward.code == 64)
        #expect(backward.complaint.contains("the second is before the first"))
        let outside = try Command.socktape("diff", "02:00:00", "05:00", db: night)
        #expect(outside.code == 69)
        let one = try Command.socktape("diff", "02:00:00", db: night)
        #expect(one.code == 64)
        #expect(one.complaint.contains("takes two times"))
    }
}
