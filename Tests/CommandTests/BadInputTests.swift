import Foundation
import GRDB
import Testing

@Suite("Bad input gets one line and its code, and changes nothing", .serialized)
struct BadInputTests {
    private static let readers: [[String]] = [
        ["status"], ["report", "summary"], ["at", "03:01:00"], ["connections"],
        ["sql", "SELECT 1"], ["check"], ["snapshot", "/tmp/socktape-never-made"],
    ]

    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
    }

    /// Runs a reader on a file, and expects one line, a code and an unchanged folder.
    private func expect(
        _ code: Int32, _ words: [String], on path: String, saying part: String? = nil
    ) throws {
        let before = folder.names
        let content = FileManager.default.contents(atPath: path)
        let outcome = try Command.shell(
            "\"$socktape\" " + words.map { "'\($0)'" }.joined(separator: " "),
            environment: ["SOCKTAPE_DB": path])
        #expect(outcome.code == code, "\(words): \(outcome.complaint)")
        #expect(outcome.complaints.count == 1, "\(outcome.complaint)")
        #expect(outcome.complaint.hasPrefix("socktape: cannot "), "\(outcome.complaint)")
        #expect(outcome.complaint.contains("try "), "\(outcome.complaint)")
        if let part { #expect(outcome.complaint.contains(part), "\(outcome.complaint)") }
        #expect(FileManager.default.contents(atPath: path) == content)
        #expect(folder.names == before)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/socktape-never-made"))
    }

    private func file(_ name: String, _ content: Data) throws -> String {
        try content.write(to: URL(fileURLWithPath: folder.file(name)))
        return folder.file(name)
    }

    @Test("A missing file is 66", arguments: readers)
    func missing(_ words: [String]) throws {
        try expect(66, words, on: folder.file("nowhere.sqlite"))
    }

    @Test("A text is 65", arguments: readers)
    func text(_ words: [String]) throws {
        try expect(65, words, on: try file("text", Data("hello, world, ".utf8) + Data(count: 9000)))
    }

    @Test("An empty file is 65", arguments: readers)
    func empty(_ words: [String]) throws {
        try expect(65, words, on: try file("empty", Data()))
    }

    @Test("Another program's database is 65", arguments: readers)
    func foreign(_ words: [String]) throws {
        let path = folder.file("foreign.sqlite")
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "CREATE TABLE note (text TEXT)") }
        try other.close()
        try expect(65, words, on: path)
    }

    @Test("A recording of a newer version is 65, and it says so", arguments: readers)
    func newer(_ words: [String]) throws {
        let database = try DatabaseQueue(path: night)
        try database.write { try $0.execute(sql: "PRAGMA user_version = 900") }
        try database.close()
        try expect(65, words, on: night, saying: "a later socktape wrote it")
    }

    @Test("A recording cut in half is 65", arguments: [["check"], ["export", "--output", "OUT"]])
    func truncated(_ words: [String]) throws {
        let whole = try #require(FileManager.default.contents(atPath: night))
        let path = try file("half.sqlite", whole.prefix(whole.count / 2))
        let words = words.map { $0 == "OUT" ? folder.file("out") : $0 }
        let outcome = try Command.shell(
            "\"$socktape\" " + words.joined(separator: " "), environment: ["SOCKTAPE_DB": path])
        #expect(outcome.code == 65, "\(outcome.complaint)")
        #expect(outcome.complaints.count == 1, "\(outcome.complaint)")
        #expect(folder.names == ["half.sqlite", "night.sqlite"])
    }

    @Test("Pages full of rubbish are 65 for check")
    func damaged() throws {
        var content = try #require(FileManager.default.contents(atPath: night))
        for page in stride(from: 4096 * 3, to: content.count, by: 4096 * 2) {
            content.replaceSubrange(page..<page + 2000, with: Data(repeating: 0xa5, count: 2000))
        }
        try expect(65, ["check"], on: try file("damaged.sqlite", content))
    }

    @Test("A file of another user is 77", .enabled(if: getuid() == 0))
    func unreadable() throws {
        chmod(night, 0o600)
        let outcome = try Command.shell(
            "chmod 755 \(folder.path); "
                + "setpriv --reuid 65534 --regid 65534 --clear-groups \"$socktape\" status",
            environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == 77, "\(outcome.complaint)")
        #expect(outcome.complaints.count == 1)
    }

    @Test(
        "What cannot be understood is 64",
        arguments: [
            ["connections", "--since", "25:99"], ["connections", "--state", "sleeping"],
            ["connections", "--peer", "10.0.0.0/33"], ["connections", "--port", "70000"],
            ["connections", "--pid", "-1"], ["connections", "--role", "boss"],
            ["connections", "--since", "03:02", "--until", "03:01"],
            ["connections", "--limit", "-1"], ["report", "processes", "--top", "-1"],
            ["report", "states", "--bucket", "5x"], ["sql", "SELECT 1", "--timeout", "soon"],
            ["sql", "SELEKT 1"], ["sql", "SELECT nothing FROM connections"], ["sql", ""],
            ["sql", "SELECT 1; SELECT 2"], ["schema", "secrets"],
            ["export", "--output", "/tmp/socktape-never-made", "--view", "secrets"],
        ])
    func misunderstood(_ words: [String]) throws { try expect(64, words, on: night) }

    @Test(
        "What is not known comes with what is",
        arguments: [
            (["sql", "SELECT c.nope FROM gaps AS c"], "gaps has recording_id, from_us, until_us"),
            (["sql", "SELECT * FROM conections"], "try one of recordings, samples"),
            (["schema", "secrets"], "try one of recordings, samples"),
            (["connections", "--state", "sleeping"], "try established, syn-sent"),
            (["connections", "--role", "boss"], "try client, server or unknown"),
        ] as [([String], String)])
    func unknown(_ words: [String], _ known: String) throws {
        try expect(64, words, on: night, saying: known)
    }

    @Test(
        "A wrong option is 64 and names the help to read",
        arguments: [
            ["report", "states", "--nonsense"], ["at"], ["connections", "--format", "pdf"],
        ])
    func options(_ words: [String]) throws {
        let outcome = try Command.shell("\"$socktape\" " + words.joined(separator: " "))
        #expect(outcome.code == 64)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.complaint.contains("--help"))
    }

    @Test(
        "SQL that writes or attaches is 77",
        arguments: [
            "DELETE FROM recording", "INSERT INTO gap VALUES (1, 2, 3, 4)", "DROP VIEW gaps",
            "CREATE TEMP TABLE x (y)", "PRAGMA user_version = 3", "PRAGMA journal_mode = WAL",
            "ATTACH ':memory:' AS other", "/* quietly */ -- so\n attach ':memory:' AS other",
            "VACUUM INTO '/tmp/socktape-never-made'", "VACUUM", "DETACH main", "REINDEX",
            "WITH x AS (SELECT 1) DELETE FROM recording", "SELECT 1; DROP VIEW gaps",
        ])
    func writing(_ sql: String) throws {
        let content = FileManager.default.contents(atPath: night)
        let outcome = try Command.socktape("sql", sql, db: night)
        #expect(outcome.code == (sql.hasPrefix("SELECT") ? 64 : 77), "\(outcome.complaint)")
        #expect(outcome.complaints.count == 1)
        #expect(FileManager.default.contents(atPath: night) == content)
        #expect(folder.names == ["night.sqlite"])
        #expect(!FileManager.default.fileExists(atPath: "/tmp/socktape-never-made"))
    }

    @Test(
        "A time outside the recording is 69 and names what there is",
        arguments: [
            ["at", "2020-01-01T00:00:00Z"], ["at", "05:00"], ["at", "end+1h"],
            ["connections", "--since", "2020-01-01", "--until", "2020-01-02"],
            ["report", "states", "--until", "2020-01-02", "--since", "2020-01-01"],
        ])
    func outside(_ words: [String]) throws {
        try expect(69, words, on: night, saying: "2026-11-23 03:02:00")
    }

    @Test("A question that takes too long is 75")
    func slow() throws {
        let endless =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            + "SELECT max(i) FROM n"
        try expect(75, ["sql", endless, "--timeout", "200ms"], on: night)
    }

    @Test("Ctrl-C is 130, and leaves nothing half written")
    func interrupted() throws {
        let endless =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        let outcome = try Command.shell(
            "\"$socktape\" sql '\(endless)' --format csv --output '\(folder.path)/n.csv' & "
                + "sleep 0.5; kill -INT $!; wait $!", environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == 130, "\(outcome.complaint)")
        #expect(folder.names == ["night.sqlite"])
    }

    @Test("A reader that goes away is success, and silent")
    func closedPipe() throws {
        let many =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            + "SELECT i FROM n LIMIT 3000000"
        let outcome = try Command.shell(
            "\"$socktape\" sql '\(many)' --format csv | head -1; exit ${PIPESTATUS[0]}",
            environment: ["SOCKTAPE_DB": night])
        #expect(outcome.code == 0)
        #expect(outcome.output == "i\n" || outcome.output == "i\r\n")
        #expect(outcome.complaint.isEmpty)
    }

    @Test("A folder that is not there is 73")
    func noFolder() throws {
        try expect(
            73, ["connections", "--output", folder.file("no/where.csv")], on: night)
        try expect(73, ["snapshot", night], on: night)
    }

    @Test("A full disk while exporting is 74, and nothing stays", .enabled(if: getuid() == 0))
    func fullDisk() throws {
        let line = """
            mkdir "$D/small" && mount -t tmpfs -o size=16k tmpfs "$D/small" || exit 99
            trap 'umount "$D/small"; rmdir "$D/small"' EXIT
            "$socktape" export --output "$D/small/night"; code=$?
            ls -A "$D/small"; exit $code
            """
        let outcome = try Command.shell(
            line, environment: ["SOCKTAPE_DB": night, "D": folder.path])
        #expect(outcome.code == 74, "\(outcome.complaint)")
        #expect(outcome.complaints.count == 1, "\(outcome.complaint)")
        #expect(outcome.complaint.contains("No space left"))
        #expect(outcome.output.isEmpty)
    }

    @Test(
        "An option that would mean nothing for a report is refused, and both error and help say why",
        arguments: [
            ("limits", "--by", "its rows are limits"), ("limits", "--peer", "no connection's"),
            ("fds", "--peer", "descriptors have no ends"),
            ("fds", "--by", "its rows are processes"),
            ("long", "--bucket", "one moment"), ("lifetimes", "--bucket", "the whole of its range"),
            ("states", "--process", "by state alone"), ("summary", "--top", "one page"),
            ("coverage", "--role", "all connections"), ("processes", "--by", "report peers"),
            ("listeners", "--bucket", "its whole time"),
        ])
    func meaningless(_ report: String, _ option: String, _ reason: String) throws {
        let refused = try Command.socktape("report", report, option, "1")
        #expect(refused.code == 64)
        #expect(refused.complaints.count == 1)
        #expect(refused.complaint.contains("report \(report) has no \(option): "))
        #expect(refused.complaint.contains(reason), "\(refused.complaint)")
        #expect(refused.complaint.contains("try 'socktape report \(report) --help'"))
        let help = try Command.socktape("report", report, "--help").output
        let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(reason))
    }

    @Test func `More parts of a range than can be told are refused with the remedy`() throws {
        let outcome = try Command.socktape(
            "report", "ports", "--bucket", "1ms", db: night)
        #expect(outcome.code == 64)
        #expect(outcome.complaint.contains("more than 500 parts of a range; try a longer --bucket"))
    }
}
