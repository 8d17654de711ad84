import Foundation
import Testing

@Suite("Every command in every format")
struct FormatTests {
    private static let commands: [[String]] = [
        ["status"], ["report", "summary"], ["report", "states"],
        ["report", "states", "--bucket", "30s"], ["report", "lifetimes"],
        ["report", "lifetimes", "--by", "process"], ["report", "lifetimes", "--curve"],
        ["report", "lifetimes", "--correct", "--by", "peer"], ["report", "time-wait"],
        ["report", "time-wait", "--by", "port"], ["report", "fds"], ["report", "processes"],
        ["report", "listeners"], ["report", "coverage"], ["report", "peers"],
        ["report", "peers", "--by", "peer-port"], ["report", "churn"],
        ["report", "churn", "--by", "flow"], ["report", "long"], ["report", "limits"],
        ["at", "03:01:00"], ["connections"],
        ["sql", "SELECT * FROM connections"], ["schema"],
    ]

    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
    }

    private func run(_ words: [String], _ format: String) throws -> Command.Outcome {
        try Command.shell(
            "\"$socktape\" " + words.map { "'\($0)'" }.joined(separator: " ")
                + " --format \(format)", environment: ["SOCKTAPE_DB": night])
    }

    @Test("CSV has a header, and as many fields in each record", arguments: commands)
    func csv(_ words: [String]) throws {
        let outcome = try run(words, "csv")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(outcome.complaint.isEmpty)
        let records = try CSV.parse(outcome.output)
        #expect(records.count > 1)
        #expect(Set(records.map(\.count)).count == 1)
        let header = try #require(records.first)
        #expect(Set(header).count == header.count)
    }

    @Test("JSON is one array of objects with the header's names", arguments: commands)
    func json(_ words: [String]) throws {
        let outcome = try run(words, "json")
        #expect(outcome.code == 0)
        let objects = try JSON.objects(outcome.output)
        #expect(!objects.isEmpty)
        let header = try #require(try CSV.parse(try run(words, "csv").output).first)
        for object in objects { #expect(Set(object.keys) == Set(header)) }
    }

    @Test("NDJSON is one object a line", arguments: commands)
    func ndjson(_ words: [String]) throws {
        let outcome = try run(words, "ndjson")
        let count = try JSON.objects(try run(words, "json").output).count
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == count)
        for line in lines { #expect(try JSON.objects("[\(line)]").count == 1) }
    }

    @Test("Markdown has as many bars in each line", arguments: commands)
    func markdown(_ words: [String]) throws {
        let outcome = try run(words, "markdown")
        #expect(outcome.code == 0)
        let lines = outcome.output.split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(lines.count > 2)
        let bars = lines.map { $0.replacing("\\|", with: "").filter { $0 == "|" }.count }
        #expect(Set(bars).count == 1)
    }

    @Test("A table holds no control character", arguments: commands)
    func table(_ words: [String]) throws {
        let outcome = try run(words, "table")
        #expect(outcome.code == 0)
        #expect(!outcome.output.isEmpty)
        for scalar in (outcome.output + outcome.complaint).unicodeScalars where scalar != "\n" {
            #expect(scalar.properties.generalCategory != .control)
        }
    }

    @Test func `A process's name cannot become a formula unless it is asked for`() throws {
        let words = ["sql", "SELECT comm FROM processes WHERE pid = 300"]
        let safe = try CSV.parse(try run(words, "csv").output)
        #expect(safe[1][0].first != "=")
        let raw = try CSV.parse(try run(words + ["--raw"], "csv").output)
        #expect(raw[1][0].first == "=")
    }

    @Test func `A file given by --output holds what standard output would, and nothing else stays`()
        throws
    {
        let target = folder.file("answer.csv")
        let outcome = try run(["connections", "--output", target], "csv")
        #expect(outcome.code == 0)
        #expect(outcome.output.isEmpty)
        let written = try String(contentsOfFile: target, encoding: .utf8)
        #expect(written == (try run(["connections"], "csv").output))
        #expect(folder.names == ["answer.csv", "night.sqlite"])
    }

    @Test func `An export writes each public view into a file of its own`() throws {
        let target = folder.file("night")
        let outcome = try Command.socktape("export", "--output", target, db: night)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let views = try CSV.parse(try run(["schema"], "csv").output).dropFirst().map { $0[0] }
        let files = try FileManager.default.contentsOfDirectory(atPath: target)
        #expect(Set(files) == Set(views.map { $0 + ".csv" }))
        for file in files {
            let text = try String(contentsOfFile: target + "/" + file, encoding: .utf8)
            #expect(Set(try CSV.parse(text).map(\.count)).count == 1, "\(file)")
        }
    }

    @Test func `A snapshot answers as its original does`() throws {
        let copy = folder.file("copy.sqlite")
        #expect(try Command.socktape("snapshot", copy, db: night).code == 0)
        #expect(try Command.socktape("check", db: copy).code == 0)
        let original = try Command.socktape("connections", "--format", "csv", db: night)
        #expect(
            try Command.socktape("connections", "--format", "csv", db: copy).output
                == original.output)
    }
}
