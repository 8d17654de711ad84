import Foundation
import Testing

@Suite("socktape prune, as a person meets it")
struct PruneTests {
    private let folder: Folder
    private let path: String

    init() throws {
        folder = try Folder()
        path = folder.file("night.sqlite")
        try RecordedNight.record(into: path)
    }

    /// An age that reaches back into the gap of the night, from 03:01:31 to 03:01:34: how long the
    /// command takes to start does not matter.
    private var age: String {
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        return "\(now - RecordedNight.at(91.2))us"
    }

    private func octets() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test("A dry run changes nothing and says what then goes")
    func dryRun() throws {
        let before = try octets()
        let dry = try Command.socktape(
            "prune", "--keep", age, "--dry-run", "--format", "csv", db: path)
        #expect(dry.code == 0)
        #expect(try octets() == before)
        let rows = try CSV.parse(dry.output)
        #expect(rows.first == ["part", "rows"])
        // Seconds 0 to 90, and connections 1 to 4.
        #expect(rows.contains(["samples", "91"]))
        #expect(rows.contains(["connections", "4"]))
        let real = try Command.socktape("prune", "--keep", age, db: path)
        #expect(real.code == 0)
        let first = real.complaint.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            first.contains(
                "go, of what was over between 2026-11-23 03:00:00 and 2026-11-23 03:01:35"))
        let sum = rows.dropFirst().reduce(0) { $0 + (Int($1[1]) ?? 0) }
        #expect(first.hasPrefix("\(sum) rows go"), "\(first)")
        let told = try Command.socktape(
            "sql", "SELECT part, reason, rows, until_us FROM prunings", "--format", "csv", db: path)
        #expect(
            told.output.split(whereSeparator: \.isNewline).last
                == "details,by hand,\(sum),\(RecordedNight.at(95))")
        #expect(try Command.socktape("check", db: path).code == 0)
        #expect(folder.names == ["night.sqlite"])
    }

    @Test("An answer whose range was pruned in part tells of the rest and says so, in any format")
    func partial() throws {
        #expect(try Command.socktape("prune", "--keep", age, db: path).code == 0)
        for words in [
            ["report", "lifetimes"], ["report", "states", "--format", "csv"],
            ["connections", "--since", "03:00:10", "--format", "json"], ["findings"],
            ["report", "fds", "--since", "03:01"],
        ] {
            let outcome = try Command.socktape(words: words, db: path)
            #expect(outcome.code == 0, "\(words) \(outcome.complaint)")
            let text = outcome.complaint.split(whereSeparator: \.isWhitespace)
                .joined(separator: " ")
            #expect(
                text.contains("details before 2026-11-23 03:01:35 were pruned"), "\(words) \(text)")
            #expect(text.contains("hourly_connections"), "\(words)")
        }
        let after = try Command.socktape("report", "states", "--since", "03:01:40", db: path)
        #expect(!after.complaint.contains("pruned"), "\(after.complaint)")
        let count = try Command.socktape(
            "report", "states", "--bucket", "1h", "--format", "csv", db: path)
        #expect(count.output.contains("03:0"), "\(count.output)")
    }

    @Test(
        "A moment or range that was pruned is 69, and it says what is there and where its hours are"
    )
    func gone() throws {
        #expect(try Command.socktape("prune", "--keep", age, db: path).code == 0)
        for words in [
            ["at", "03:00:30"], ["diff", "03:00:30", "03:01:50"],
            ["report", "summary", "--since", "03:00:10", "--until", "03:01:00"],
        ] {
            let outcome = try Command.socktape(words: words, db: path)
            #expect(outcome.code == 69, "\(words) \(outcome.output)")
            #expect(outcome.output.isEmpty)
            #expect(
                outcome.complaint.contains("details before 2026-11-23 03:01:35 were pruned"),
                "\(outcome.complaint)")
            #expect(
                outcome.complaint.contains("holds 2026-11-23 03:01:35 to 2026-11-23 03:02:00"),
                "\(outcome.complaint)")
            #expect(outcome.complaint.contains("hourly_connections"))
        }
        let outcome = try Command.socktape("at", "start", db: path)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let trace = try Command.socktape("trace", "2", db: path)
        #expect(trace.code == 69)
        #expect(trace.complaint.contains("older ones were pruned"), "\(trace.complaint)")
    }

    @Test("What is asked for in a way that cannot be is told with what can")
    func usage() throws {
        let long = String(repeating: "9", count: 3)
        for (words, code, text) in [
            (["prune"], 64, "nothing says what is to stay; try --keep 30d"),
            (["prune", "--max-size", "1MB"], 64, "it is out of range; try 4MB to"),
            (["record", "--max-size", "1MB"], 64, "it is out of range; try 4MB to"),
            (["prune", "--keep", "2d", "--keep-rollups", "1d"], 64, "try a longer --keep-rollups"),
            (["prune", "--keep", "30"], 64, "try 1m to"),
            (["prune", "--keep", "\(long)d", "--db", folder.file("none")], 66, "No such file"),
        ] as [([String], Int32, String)] {
            let outcome = try Command.socktape(
                words: words, db: words.contains("--db") ? nil : path)
            #expect(outcome.code == code, "\(words) \(outcome.complaint)")
            #expect(outcome.complaint.contains(text), "\(outcome.complaint)")
            #expect(outcome.complaints.count == 1)
        }
        #expect(folder.names == ["night.sqlite"])
    }

    @Test("A recording that is being recorded is left alone")
    func held() throws {
        let tape = folder.file("tape.sqlite")
        let outcome = try Command.shell(
            """
            "$socktape" record --duration 20s --keep 1h --max-size 50MB --db '\(tape)' 2>/dev/null &
            for _ in $(seq 100); do [ -s '\(tape)' ] && break; sleep 0.05; done
            sleep 0.5
            "$socktape" prune --keep 1h --db '\(tape)'
            echo "code $?"
            "$socktape" status --db '\(tape)' --format csv
            kill -TERM $!
            wait $!
            """)
        #expect(outcome.output.contains("code 75"), "\(outcome.output)")
        #expect(outcome.complaint.contains("holds it"), "\(outcome.complaint)")
        let rows = try CSV.parse(
            outcome.output.split(separator: "code 75\n").last.map(String.init) ?? "")
        let names = try #require(rows.first)
        for (name, value) in [("keep_us", "3600000000"), ("max_bytes", "50000000")] {
            let place = try #require(names.firstIndex(of: name))
            #expect(rows[1][place] == value)
        }
    }

    @Test("A size that cannot be kept is told as that, and not as a full disk")
    func limited() throws {
        let tape = folder.file("tape.sqlite")
        // A reader that stands still keeps the log from shrinking.
        let outcome = try Command.shell(
            """
            "$socktape" record --capture dumps --interval 10ms --dump-every 10ms --duration 60s \
              --max-size 4MB --db '\(tape)' 2>'\(tape).errors' &
            recorder=$!
            for _ in $(seq 400); do [ -s '\(tape)' ] && break; sleep 0.05; done
            exec 3< <(python3 -c 'if True:
              import sqlite3, sys, time
              tape = sqlite3.connect(sys.argv[1])
              tape.execute("BEGIN")
              while not tape.execute("SELECT count(*) FROM samples").fetchone()[0]:
                tape.rollback()
                time.sleep(0.05)
                tape.execute("BEGIN")
              time.sleep(60)' '\(tape)')
            reader=$!
            for _ in $(seq 800); do
              grep -q 'cannot write' '\(tape).errors' && break; sleep 0.05
            done
            kill -KILL $reader
            kill -TERM $recorder
            wait $recorder
            """)
        let errors = try String(contentsOfFile: tape + ".errors", encoding: .utf8)
        #expect(outcome.code == 0, "\(errors)")
        #expect(
            errors.contains("cannot write: size limit; it is kept and tried again"), "\(errors)")
        #expect(!errors.contains("disk full"))
    }

    @Test("Nothing goes where nothing is old enough")
    func nothing() throws {
        let before = try octets().count
        let outcome = try Command.socktape("prune", "--keep", "19y", db: path)
        #expect(outcome.code == 0)
        #expect(outcome.complaint.hasPrefix("nothing goes\n"), "\(outcome.complaint)")
        #expect(try octets().count == before)
    }
}
