import Foundation
import GRDB
import Testing

/// What a reader does with a file that somebody prepared, or that a disk damaged.
@Suite("A prepared or damaged recording")
struct HostileRecordingTests {
    /// `SOCKTAPE_ROUNDS` asks for more.
    private static let rounds =
        ProcessInfo.processInfo.environment["SOCKTAPE_ROUNDS"].flatMap { Int($0) } ?? 3

    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
    }

    /// Everything that reads a recording.
    private static func readers() throws -> [[String]] {
        let program = try ProgramCommand.program.get()
        let reports = program.subcommands?.first { $0.commandName == "report" }?.subcommands ?? []
        let names = Set((program.subcommands ?? []).map(\.commandName))
        let others = [
            ["at", "03:01"], ["connections"], ["status"], ["check"], ["trace", "2"],
            ["diff", "03:00:10", "03:01:50"], ["findings"],
            ["sql", "SELECT * FROM time_waits, gaps"],
        ]
        #expect(reports.count > 7)
        return reports.map { ["report", $0.commandName] }.filter { $0[1] != "help" }
            + others.filter { names.contains($0[0]) }
    }

    private func change(_ statements: String...) throws -> String {
        let copy = folder.file("copy-\(UUID().uuidString).sqlite")
        try FileManager.default.copyItem(atPath: night, toPath: copy)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: copy, configuration: configuration)
        try database.writeWithoutTransaction { database in
            for sql in statements { try database.execute(sql: sql) }
        }
        try database.close()
        return copy
    }

    @Test(
        "is refused where a table or view of the recorder's name is not the recorder's",
        arguments: [
            """
            DROP VIEW connections;
            CREATE VIEW connections AS WITH RECURSIVE n(i) AS
              (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n;
            """,
            "DROP VIEW gaps",
            "DROP VIEW gaps; CREATE TABLE Gaps (recording_id, from_us, until_us, reason)",
            "ALTER TABLE sample ADD COLUMN more INTEGER",
            "CREATE TABLE json_each (key, value)",
            "CREATE VIEW pragma_page_count AS SELECT 1 AS page_count",
        ])
    func altered(_ sql: String) throws {
        let copy = try change(sql)
        for words in [["report", "summary"], ["sql", "SELECT 1"], ["export", "--output"]] {
            let more = words[0] == "export" ? [folder.file("out")] : []
            let outcome = try Command.socktape(words: words + more, db: copy)
            #expect(outcome.code == 65, "\(words): \(outcome.complaint)")
            #expect(outcome.complaints.count == 1)
            #expect(outcome.complaint.contains("is not as socktape made it"))
        }
    }

    @Test func `is not recorded into where it has a trigger`() throws {
        let copy = try change(
            "CREATE TRIGGER evil AFTER INSERT ON sample BEGIN DELETE FROM recording; END")
        let outcome = try Command.socktape("record", "--duration", "1s", db: copy)
        #expect(outcome.code == 65)
        #expect(outcome.complaint.contains("'evil' is not as socktape made it"))
    }

    @Test func `is read where its owner added tables, views and indexes`() throws {
        let copy = try change(
            "CREATE TABLE notes (note); CREATE VIEW mine AS SELECT * FROM gaps",
            "CREATE INDEX mine_too ON ended_connection (cookie); ANALYZE")
        #expect(try Command.socktape("report", "summary", db: copy).code == 0)
        #expect(try Command.socktape("sql", "SELECT * FROM mine", db: copy).code == 0)
    }

    @Test func `gives every reader an end by a code, whatever numbers it holds`() throws {
        var random = SeededGenerator(seed: 20)
        for round in 0..<Self.rounds {
            let copy = try change()
            try Self.poison(copy, &random)
            try expectEnd(of: try Self.readers(), copy, "numbers, round \(round)")
        }
    }

    @Test func `gives every reader an end by a code, whatever octets a disk changed`() throws {
        var random = SeededGenerator(seed: 21)
        for round in 0..<Self.rounds {
            let copy = folder.file("flipped-\(round).sqlite")
            var octets = try Data(contentsOf: URL(fileURLWithPath: night))
            for _ in 0..<(1 << (round % 8)) {
                let place = Int.random(in: 100..<octets.count, using: &random)
                octets[place] = UInt8.random(in: 0...255, using: &random)
            }
            try octets.write(to: URL(fileURLWithPath: copy))
            try expectEnd(of: try Self.readers(), copy, "octets, round \(round)")
        }
    }

    private func expectEnd(of readers: [[String]], _ path: String, _ what: String) throws {
        for words in readers {
            let outcome = try Command.socktape(words: words, db: path)
            let codes: [Int32] = [0, 64, 65, 69, 74]
            #expect(codes.contains(outcome.code), "\(what), \(words): \(outcome.code)")
        }
    }

    /// Writes numbers that no recorder would write into some columns of every table.
    private static func poison(_ path: String, _ random: inout SeededGenerator) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction { database in
            let tables = try String.fetchAll(
                database,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%'")
            for table in tables {
                let columns = try String.fetchAll(
                    database,
                    sql: "SELECT name FROM pragma_table_info(?) WHERE type = 'INTEGER'",
                    arguments: [table])
                for column in columns where Int.random(in: 0..<4, using: &random) == 0 {
                    let values = [
                        "\(Int64.max)", "-9223372036854775807 - 1", "-1", "0", "1 << 53", "1 << 62",
                        "random()", "abs(random()) % 1000", "NULL",
                    ]
                    let value = values.randomElement(using: &random) ?? "0"
                    // What a constraint refuses no file can hold.
                    try? database.execute(sql: "UPDATE OR IGNORE \(table) SET \(column) = \(value)")
                }
            }
        }
        try database.close()
    }
}

/// The same numbers each time.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
