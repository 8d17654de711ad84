import Foundation
import Testing

@Suite("socktape record, as a person meets it", .serialized)
struct RecordTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test("A folder that is not there is 73, and one that is no file too")
    func noPlace() throws {
        for path in [folder.file("missing/tape.sqlite"), folder.path] {
            let outcome = try Command.socktape("record", "--duration", "1s", db: path)
            #expect(outcome.code == 73, "\(outcome.complaint)")
            #expect(outcome.complaints.count == 1, "\(outcome.complaint)")
            #expect(outcome.complaint.contains("; try "), "\(outcome.complaint)")
        }
        #expect(folder.names.isEmpty)
    }

    @Test("What cannot be recorded into is not said to be recorded into")
    func textFile() throws {
        let path = folder.file("text")
        try Data("hello, world, not a tape".utf8).write(to: URL(fileURLWithPath: path))
        let outcome = try Command.socktape("record", "--duration", "1s", db: path)
        #expect(outcome.code == 65)
        #expect(outcome.complaints.count == 1, "\(outcome.complaint)")
    }

    @Test("Without a terminal each log line is a time in UTC and a sentence")
    func logLines() throws {
        let path = folder.file("tape.sqlite")
        let outcome = try Command.socktape("record", "--duration", "50ms", db: path)
        #expect(outcome.code == 0)
        let first = try #require(outcome.complaints.first)
        let last = try #require(outcome.complaints.last)
        let time = #/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\x20/#
        #expect(first.replacing(time, with: "").hasPrefix("recording into \(path) by dumps"))
        #expect(last.replacing(time, with: "") == "recording ended")
        #expect(first.prefixMatch(of: time) != nil)
    }

    @Test("For journald each log line begins with its level")
    func journalLines() throws {
        let path = folder.file("tape.sqlite")
        let outcome = try Command.shell(
            """
            exec 2>'\(folder.file("log"))'
            JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) \\
              "$socktape" record --duration 50ms --db '\(path)'
            """)
        #expect(outcome.code == 0)
        let log = try String(contentsOfFile: folder.file("log"), encoding: .utf8)
        #expect(log.hasPrefix("<6>recording into \(path) by dumps"), "\(log)")
        #expect(log.hasSuffix("<6>recording ended\n"), "\(log)")
    }

    @Test("Nothing that is said lands in the recording when standard streams are closed")
    func closedStreams() throws {
        let path = folder.file("tape.sqlite")
        let outcome = try Command.shell(
            """
            "$socktape" record --duration 10s --db '\(path)' <&- >&- 2>&- &
            sleep 1
            for stream in 0 1 2; do readlink /proc/$!/fd/$stream; done
            kill -TERM $!
            wait $!
            """)
        #expect(outcome.code == 0)
        #expect(outcome.output == "/dev/null\n/dev/null\n/dev/null\n")
        #expect(try Command.socktape("check", db: path).code == 0)
    }

    @Test(
        "After its end another user of its group reads it without write access to its folder",
        .enabled(if: getuid() == 0))
    func otherUser() throws {
        let path = folder.file("tape.sqlite")
        #expect(try Command.socktape("record", "--duration", "50ms", db: path).code == 0)
        #expect(folder.names == ["tape.sqlite"])
        for words in ["report summary", "check", "sql 'SELECT * FROM samples'"] {
            let outcome = try Command.shell(
                """
                chmod 755 '\(folder.path)'
                exec setpriv --reuid 65534 --regid 0 --clear-groups --inh-caps=-all \\
                  "$socktape" \(words) --db '\(path)'
                """)
            #expect(outcome.code == 0, "\(words): \(outcome.complaint)")
        }
        #expect(folder.names == ["tape.sqlite"])
    }

    @Test("A file that is moved away is whole and ended, and a new one goes on in its place")
    func movedAway() throws {
        let path = folder.file("tape.sqlite")
        let moved = folder.file("moved.sqlite")
        let outcome = try Command.shell(
            """
            "$socktape" record --interval 100ms --duration 4s --db '\(path)' &
            sleep 1.5
            mv '\(path)' '\(moved)'
            wait $!
            """)
        #expect(outcome.code == 0)
        #expect(outcome.complaint.contains("the file is lost: file removed"))
        let question = """
            SELECT end_reason, (SELECT count(*) FROM samples) > 5 AS samples,
              (SELECT group_concat(reason) FROM gaps) AS gaps FROM recordings
            """
        for (file, row) in [(moved, "file removed,1,"), (path, "stopped,1,file removed")] {
            #expect(try Command.socktape("check", db: file).code == 0)
            let answer = try Command.socktape("sql", question, "--format", "csv", db: file)
            #expect(answer.output.split(whereSeparator: \.isNewline).last == row[...])
        }
    }

    @Test("In the place of a file that was removed only a recording is recorded into")
    func replaced() throws {
        let path = folder.file("tape.sqlite")
        let other = folder.file("other.sqlite")
        let outcome = try Command.shell(
            """
            sqlite3 '\(other)' 'CREATE TABLE mine (x)'
            cp '\(other)' '\(other).before'
            "$socktape" record --interval 100ms --duration 20s --db '\(path)' &
            sleep 1
            mv '\(other)' '\(path)'
            sleep 1
            kill -TERM $!
            wait $!
            """)
        #expect(outcome.code == 74, "\(outcome.complaint)")
        let said = outcome.complaints.filter { $0.contains("it is a database of another program") }
        #expect(said.count == 1, "\(outcome.complaint)")
        let manager = FileManager.default
        #expect(manager.contentsEqual(atPath: path, andPath: other + ".before"))
    }

    @Test("A terminal that goes away ends it cleanly; under nohup it goes on")
    func hangUp() throws {
        for (prefix, reason) in [("", "stopped"), ("nohup", "none")] {
            let path = folder.file("tape\(prefix).sqlite")
            let outcome = try Command.shell(
                """
                \(prefix) "$socktape" record --duration 20s --db '\(path)' >/dev/null 2>&1 &
                sleep 1
                kill -HUP $!
                sleep 1
                "$socktape" sql --db '\(path)' --format csv \\
                  "SELECT coalesce(end_reason, 'none') AS reason FROM recordings"
                kill -TERM $! 2>/dev/null
                wait $!
                """)
            #expect(outcome.code == 0)
            #expect(outcome.output.split(whereSeparator: \.isNewline) == ["reason", reason[...]])
        }
    }

    @Test("The start of each recording is shown by its own first sample")
    func start() throws {
        let path = folder.file("tape.sqlite")
        for _ in 1...2 {
            #expect(try Command.socktape("record", "--duration", "50ms", db: path).code == 0)
        }
        let first = try Command.socktape(
            "sql", "SELECT min(sample_id) FROM samples WHERE recording_id = 2", "--format", "csv",
            db: path)
        let number = try #require(first.output.split(whereSeparator: \.isNewline).last)
        let outcome = try Command.socktape("at", "start", db: path)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(outcome.complaint.hasPrefix("sample \(number) of "), "\(outcome.complaint)")
    }

    @Test("A time that begins with a minus is a time, and an unknown option is none")
    func minus() throws {
        let path = folder.file("tape.sqlite")
        #expect(try Command.socktape("record", "--duration", "50ms", db: path).code == 0)
        for words in [["at", "-1w"], ["at", "--", "-1w"]] {
            let line = "\"$socktape\" " + words.joined(separator: " ")
            let outcome = try Command.shell(line, environment: ["SOCKTAPE_DB": path])
            #expect(outcome.code == 69, "\(outcome.complaint)")
        }
        let outcome = try Command.socktape("at", "end", "--bogus", "x", db: path)
        #expect(outcome.code == 64)
        #expect(outcome.complaint.contains("'--bogus'"), "\(outcome.complaint)")
    }

    @Test("A range after the end is 69, and it says what is recorded")
    func afterTheEnd() throws {
        let path = folder.file("tape.sqlite")
        #expect(try Command.socktape("record", "--duration", "50ms", db: path).code == 0)
        for words in [["--since", "2100-01-01"], ["--until", "2000-01-01"]] {
            let outcome = try Command.socktape("report", "states", words[0], words[1], db: path)
            #expect(outcome.code == 69, "\(outcome.complaint)")
            #expect(outcome.complaint.contains("the file holds "), "\(outcome.complaint)")
        }
    }
}
