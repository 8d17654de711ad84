import Foundation
import Testing

@Suite("A recording can be shown to others without its addresses")
struct AnonymizeTests {
    private let folder: Folder
    private let night: String
    /// Addresses of the night, in whole or before a port.
    private static let recorded = [
        "192.0.2.10", "198.51.100.", "203.0.113.", "2001:db8::",
    ]

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try TravelNight.record(into: night)
        try Data((0..<32).map { UInt8($0) }).write(to: URL(fileURLWithPath: folder.file("key")))
    }

    private func run(_ line: String) throws -> Command.Outcome {
        let outcome = try Command.shell(
            "cd \"$D\" && \"$socktape\" \(line)",
            environment: ["SOCKTAPE_DB": night, "D": folder.path])
        #expect(outcome.code == 0, "\(line): \(outcome.complaint)")
        return outcome
    }

    private func expectHidden(_ text: String, _ what: String) {
        #expect(text.count > 20, "\(what)")
        for address in Self.recorded { #expect(!text.contains(address), "\(what): \(address)") }
    }

    @Test(
        "No answer holds an address, in any format",
        arguments: [
            "at 02:05:50", "at 02:05:50 --wide", "diff 02:01:30 02:05:50", "trace 4", "trace 13",
            "connections", "report time-wait --by peer", "report listeners",
            "sql 'SELECT * FROM connections'",
            "sql \"SELECT 'to ' || peer_address FROM lifetimes\"",
        ])
    func answers(_ words: String) throws {
        for format in ["table", "csv", "json", "ndjson", "markdown"] {
            let outcome = try run("\(words) --anonymize --format \(format)")
            expectHidden(outcome.output + outcome.complaint, "\(words) \(format)")
        }
    }

    @Test func `No exported file holds an address, and rows are as many as without`() throws {
        _ = try run("export --output hidden --anonymize")
        _ = try run("export --output plain")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("plain"))
        #expect(names.count > 20)
        for name in names {
            let hidden = try String(contentsOfFile: folder.file("hidden/\(name)"), encoding: .utf8)
            let plain = try String(contentsOfFile: folder.file("plain/\(name)"), encoding: .utf8)
            for address in Self.recorded { #expect(!hidden.contains(address), "\(name)") }
            let (left, right) = (try CSV.parse(hidden), try CSV.parse(plain))
            #expect(left.first == right.first)
            // Nothing but addresses is different.
            let header = try #require(right.first)
            for (one, other) in zip(left, right) {
                for (column, cells) in zip(header, zip(one, other))
                where !column.hasSuffix("address") { #expect(cells.0 == cells.1) }
            }
            #expect(left.count == right.count)
        }
    }

    @Test func `With a key two answers agree, and without one they do not`() throws {
        let peers = "sql 'SELECT DISTINCT peer_address FROM connections' --format csv"
        let one = try run("\(peers) --anonymize-key key").output
        #expect(try run("\(peers) --anonymize-key key").output == one)
        #expect(try run("\(peers) --anonymize").output != one)
        #expect(try run("\(peers) --anonymize").output != (try run("\(peers) --anonymize").output))
        // A report and an export by one key name the same peer alike.
        _ = try run("export --output keyed --view connections --anonymize-key key")
        let exported = try CSV.parse(
            try String(contentsOfFile: folder.file("keyed/connections.csv"), encoding: .utf8))
        let column = try #require(exported.first?.firstIndex(of: "peer_address"))
        #expect(
            Set(exported.dropFirst().map { $0[column] })
                == Set(try CSV.parse(one).dropFirst().map { $0[0] }))
    }

    @Test func `A filter is about the recorded addresses`() throws {
        let rows = try CSV.parse(
            try run("connections --peer 203.0.113.66 --anonymize --format csv").output)
        #expect(rows.count == 2)
    }

    @Test(
        "A key that cannot be used is told in one line",
        arguments: [
            ("short", 64, "needs 16"), ("nowhere", 66, "No such file"), (".", 74, "directory"),
        ]
            as [(String, Int32, String)])
    func key(_ name: String, _ code: Int32, _ part: String) throws {
        try Data("secret".utf8).write(to: URL(fileURLWithPath: folder.file("short")))
        let outcome = try Command.socktape(
            "at", "end", "--anonymize-key", folder.file(name), db: night)
        #expect(outcome.code == code)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.complaint.contains(part), "\(outcome.complaint)")
    }
}
