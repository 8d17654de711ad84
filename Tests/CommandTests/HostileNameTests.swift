import Foundation
import GRDB
import Testing

/// Names come from anyone on the host, and a file from anyone at all.
@Suite("Names that would act on who reads them")
struct HostileNameTests {
    /// A formula, an escape, a line break, markup, a bar, quotes, a turn of direction, and an octet
    /// that is no UTF-8.
    private static let name = Array("=1+1\u{1b}[31m\n<b>&|`\"'\u{202e},\u{7}".utf8) + [0xff]
    private static let columns = [
        "process": ["comm", "executable", "cgroup", "unit", "container"],
        "recording": ["host", "kernel", "version", "end_reason"], "namespace": ["name"],
        "source_span": ["source", "reason"], "gap": ["reason"], "limit_span": ["name", "value"],
    ]
    private static let commands: [[String]] =
        [
            "summary", "states", "lifetimes", "time-wait", "close-wait", "fds", "processes",
            "listeners", "peers", "ports", "churn", "handshakes", "coverage", "limits", "orphans",
            "closers", "long",
        ].map { ["report", $0] } + [
            ["report", "lifetimes", "--by", "process"], ["report", "churn", "--by", "process"],
            ["at", "03:01:00"], ["diff", "03:00:10", "03:01:50"], ["connections"], ["trace", "2"],
            ["trace", "5"], ["findings"], ["status"], ["sql", "SELECT * FROM processes, gaps"],
            ["sql", "SELECT * FROM connections"], ["sql", "SELECT * FROM recordings, sources"],
        ]

    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
        let database = try DatabaseQueue(path: night)
        try database.write { database in
            let octets = Self.name.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
            for (table, columns) in Self.columns {
                for column in columns {
                    // Together with a number, as some must be unique.
                    try database.execute(
                        sql: "UPDATE \(table) SET \(column) = CAST(x'\(octets)' AS TEXT)")
                }
            }
            try database.execute(
                sql: "UPDATE address SET address = CAST(x'\(octets)' AS TEXT) || address_id")
        }
        try database.close()
    }

    private func run(_ words: [String], _ format: String) throws -> Command.Outcome {
        let outcome = try Command.socktape(words: words + ["--format", format], db: night)
        #expect([0, 69].contains(outcome.code), "\(words): \(outcome.complaint)")
        expectHarmless(outcome.complaint, "\(words), what is said")
        return outcome
    }

    /// Nothing that a terminal would act on.
    private func expectHarmless(_ text: String, _ what: String) {
        for scalar in text.unicodeScalars where scalar != "\n" {
            let category = scalar.properties.generalCategory
            #expect(category != .control && category != .format, "\(what): \(scalar.value)")
        }
    }

    @Test("are harmless in tables and notes", arguments: commands)
    func table(_ words: [String]) throws {
        expectHarmless(try run(words, "table").output, "\(words)")
    }

    @Test("are strings of JSON", arguments: commands)
    func json(_ words: [String]) throws {
        for format in ["json", "ndjson"] {
            let outcome = try run(words, format)
            expectHarmless(outcome.output, "\(words)")
            let lines = outcome.output.split(separator: "\n")
            let text = format == "json" ? outcome.output : "[\(lines.joined(separator: ","))]"
            if outcome.code == 0 { _ = try JSON.objects(text) }
        }
    }

    @Test("are no formula in CSV, and stay in their cell", arguments: commands)
    func csv(_ words: [String]) throws {
        let records = try CSV.parse(try run(words, "csv").output)
        #expect(Set(records.map(\.count)).count <= 1)
        for cell in records.joined() where Double(cell) == nil {
            #expect(!"=+-@\t\r".contains(cell.first ?? " "), "\(words): \(cell)")
        }
    }

    @Test("are no markup in Markdown, and stay in their cell", arguments: commands)
    func markdown(_ words: [String]) throws {
        let outcome = try run(words, "markdown")
        expectHarmless(outcome.output, "\(words)")
        #expect(!outcome.output.contains("<b>"))
        let lines = outcome.output.split(separator: "\n").filter { $0.hasPrefix("|") }
        let bars = lines.map { $0.replacing("\\|", with: "").filter { $0 == "|" }.count }
        #expect(Set(bars).count <= 1, "\(words)")
    }

    @Test("are no formula in an export, and end no check or repair")
    func export() throws {
        let target = folder.file("out")
        #expect(try Command.socktape("export", "--output", target, db: night).code == 0)
        for file in try FileManager.default.contentsOfDirectory(atPath: target) {
            let text = try String(contentsOfFile: target + "/" + file, encoding: .utf8)
            for cell in try CSV.parse(text).joined() where Double(cell) == nil {
                #expect(!"=+-@\t\r".contains(cell.first ?? " "), "\(file): \(cell)")
            }
        }
        #expect(try Command.socktape("check", db: night).code == 0)
        let mended = folder.file("mended.sqlite")
        #expect(try Command.socktape("check", "--repair", mended, db: night).code == 0)
    }
}
