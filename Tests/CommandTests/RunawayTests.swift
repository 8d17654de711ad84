import Foundation
import Testing

/// A question that never ends is ended from outside.
@Suite("A runaway question", .serialized)
struct RunawayTests {
    private static let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
    }

    /// How a line of the shell ended, and after how long, s.
    private func run(_ line: String) throws -> (outcome: Command.Outcome, seconds: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = try Command.shell(line, environment: ["SOCKTAPE_DB": night])
        let taken = start.duration(to: clock.now).components
        return (outcome, Double(taken.seconds) + Double(taken.attoseconds) / 1e18)
    }

    @Test("is ended by Ctrl-C at once, with 130, and leaves no half of a file")
    func interrupted() throws {
        let target = folder.file("answer.csv")
        let (outcome, seconds) = try run(
            """
            "$socktape" sql "\(Self.endless)" --output '\(target)' &
            sleep 1; kill -INT $!; wait $!
            """)
        #expect(outcome.code == 130)
        #expect(seconds < 2, "it took \(seconds) s")
        #expect(outcome.complaints == ["socktape: interrupted"])
        #expect(folder.names == ["night.sqlite"])
    }

    @Test("is ended by --timeout with 75 and one line that names the remedy")
    func timeout() throws {
        let (outcome, seconds) = try run("\"$socktape\" sql \"\(Self.endless)\" --timeout 300ms")
        #expect(outcome.code == 75)
        #expect(seconds < 2, "it took \(seconds) s")
        #expect(outcome.complaints.count == 1)
        #expect(outcome.complaint.contains("try a longer --timeout"), "\(outcome.complaint)")
    }

    @Test(
        "or another that takes too long is ended by --timeout whatever reads",
        arguments: [
            "report summary", "report lifetimes --by process", "report states --bucket 1s",
            "at 03:01:00", "connections", "diff 03:00:10 03:01:50", "findings", "status", "check",
            "trace 2", "export --output OUT", "snapshot OUT", "check --repair OUT",
        ])
    func everywhere(_ words: String) throws {
        let words = words.replacing("OUT", with: folder.file("out"))
        let short = try run("\"$socktape\" \(words) --timeout 1us").outcome
        // What is done before the clock rings is an answer.
        #expect([0, 75].contains(short.code), "\(short.complaint)")
        if short.code == 75 { #expect(short.complaint.contains("--timeout")) }
        let long = try run("rm -rf '\(folder.file("out"))'; \"$socktape\" \(words) --timeout 1h")
        #expect(long.outcome.code == 0, "\(long.outcome.complaint)")
        let wrong = try run("\"$socktape\" \(words) --timeout soon").outcome
        #expect(wrong.code == 64, "\(wrong.complaint)")
    }
}
