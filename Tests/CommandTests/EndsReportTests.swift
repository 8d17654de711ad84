import Foundation
import Testing

@Suite("Reports about states and ends, as a person reads them")
struct EndsReportTests {
    private static let commands = [
        "close-wait", "close-wait --by peer-port", "orphans", "orphans --by process", "handshakes",
        "handshakes --bucket 10m", "closers", "closers --by role --bucket 10m", "ports",
    ]

    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("ends.sqlite")
        try EndsNight.record(into: night)
    }

    private func run(_ words: String) throws -> Command.Outcome {
        let outcome = try Command.shell(
            "\"$socktape\" report \(words)", environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return outcome
    }

    private func notes(_ words: String) throws -> String {
        try run(words).complaint.replacing("\n  ", with: " ")
    }

    @Test("CSV and JSON tell the same rows, and nothing beside them", arguments: commands)
    func machines(_ words: String) throws {
        let csv = try run(words + " --format csv")
        #expect(csv.complaint.isEmpty)
        let records = try CSV.parse(csv.output)
        #expect(records.count > 1)
        let header = try #require(records.first)
        #expect(Set(header).count == header.count)
        #expect(Set(records.map(\.count)) == [header.count])
        let objects = try JSON.objects(try run(words + " --format json").output)
        #expect(objects.count == records.count - 1)
        for object in objects { #expect(Set(object.keys) == Set(header)) }
    }

    @Test("A table says how much was seen", arguments: commands)
    func people(_ words: String) throws {
        #expect(try notes(words).contains("coverage: "))
    }

    @Test func `Ports are told with the range that there is, and for whom it is a limit`() throws {
        let notes = try notes("ports")
        #expect(
            notes.contains("ports: 40000 to 40019 less 3 reserved, 17 toward each peer and port"))
        #expect(notes.contains("a server is not limited by ports"))
    }

    @Test func `TIME-WAIT is held against its limit, and early ends are explained`() throws {
        let notes = try notes("time-wait")
        #expect(
            notes.contains(
                "ended early: 1 reused by connections of this host (tcp_tw_reuse), "
                    + "1 reused by a peer's new connection, 1 cut short, by a reset mostly"))
        #expect(
            notes.contains(
                "most at once: 60 of 100 (tcp_max_tw_buckets), 60.00 %, at 2026-11-23 03:10:00; "
                    + "tcp_tw_reuse is 1: connections of this host may reuse one after a second"))
    }

    @Test func `Orphans are held against tcp_max_orphans`() throws {
        #expect(
            try notes("orphans").contains(
                "orphans on this host: at most 3 of 50 (tcp_max_orphans), 6.00 %, "
                    + "at 2026-11-23 03:34:00"))
    }

    @Test func `Handshakes are told with what samples and counters saw of them`() throws {
        let notes = try notes("handshakes")
        #expect(notes.contains("2 in SYN-SENT, at 2026-11-23 03:17:00; 0 in SYN-RECV"))
        #expect(
            notes.contains(
                "listeners of this host dropped 4 handshakes, 3 of them because an accept queue "
                    + "was full"))
    }

    @Test func `A table leaves out ways that never happened`() throws {
        let header = { (words: String) in try run(words).output.prefix { $0 != "\n" } }
        #expect(try header("handshakes").contains("timed out"))
        #expect(!(try header("handshakes --role server").contains("timed out")))
        #expect(try run("handshakes --role server --format csv").output.contains("timed_out"))
    }

    @Test func `Of --bucket only a duration is read`() throws {
        let outcome = try Command.socktape("report", "closers", "--bucket", "soon", db: night)
        #expect(outcome.code == 64)
        #expect(outcome.complaints.count == 1)
    }
}
