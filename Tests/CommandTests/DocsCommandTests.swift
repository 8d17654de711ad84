import Foundation
import Testing

/// A command line that the documentation shows.
struct Example: Sendable, CustomTestStringConvertible {
    var page: String
    var words: [String]
    /// The line below it, where output is shown.
    var header: String?

    var testDescription: String { "\(page): \(words.joined(separator: " ").prefix(60))" }

    /// The value given for an option.
    func value(of option: String) -> String? {
        words.firstIndex(of: option).flatMap { words.dropFirst($0 + 1).first }
    }

    /// The command lines of every block of this language, without `sudo`; a block that cannot be
    /// read is an example of no words.
    static func inBlocks(of language: String, on page: Page) -> [Example] {
        page.fences.filter { $0.language == language }.flatMap { fence in
            let commands = (try? ShellWords.commands(fence.lines.joined(separator: "\n"))) ?? [[]]
            return commands.map { words in
                Example(page: page.name, words: Array(words.drop { $0 == "sudo" }))
            }
        }
    }

    /// The lines that begin with `$` in a block with output.
    static func inConsoles(on page: Page) -> [Example] {
        page.fences.filter { $0.language == "console" }.flatMap { fence in
            fence.lines.indices.filter { fence.lines[$0].hasPrefix("$ ") }.map { index in
                let line = fence.lines[index].dropFirst(2)
                let words = (try? ShellWords.commands(String(line)))?.first ?? []
                return Example(
                    page: page.name, words: Array(words.drop { $0 == "sudo" }),
                    header: fence.lines.dropFirst(index + 1).first)
            }
        }
    }
}

@Suite("Every command in the documentation runs as it stands")
struct DocsCommandTests {
    private static let examples = Repository.manual.flatMap { Example.inBlocks(of: "sh", on: $0) }
    private static let consoles = Repository.manual.flatMap { Example.inConsoles(on: $0) }

    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
    }

    @Test func `The manual shows commands, with and without their output`() {
        #expect(Self.examples.count > 20)
        #expect(!Self.consoles.isEmpty)
    }

    @Test("An example in a block of commands works", arguments: examples)
    func works(_ example: Example) throws {
        switch example.words.first {
        case "socktape": try answers(example)
        case "swift":
            #expect(["build", "test"].contains(example.words[1]))
            let package = example.value(of: "--package-path")
            if let product = example.value(of: "--product") {
                try expectProduct(product, in: package)
            }
        case "install":
            try expectProduct(try #require(example.words[1].split(separator: "/").last))
        case "setcap": try expectCapabilities(example.words)
        case "python3": #expect(Repository.has(example.words[1]))
        case .some(let program) where program.contains("/.build/release/"):
            let path = program.split(separator: "/")
            try expectProduct(try #require(path.last), in: String(try #require(path.first)))
        case .some(let script) where script.contains("/"):
            let file = Repository.root.appending(path: script).path
            #expect(FileManager.default.isExecutableFile(atPath: file))
        default: Issue.record("nothing that can be checked: plain words and quotes alone can")
        }
    }

    @Test("The header of an answer shown is the one that the program prints", arguments: consoles)
    func header(_ example: Example) throws {
        let output = try run(example).output
        // Findings are a page: each begins with how bad it is.
        if example.words.dropFirst().first == "findings" {
            let kinds = ["CRITICAL", "WARNING", "NOTICE"]
            #expect(kinds.contains { example.header?.hasPrefix($0) ?? false })
            return
        }
        let columns = { (line: String) in line.split(separator: /\s{2,}/).map(String.init) }
        let shown = columns(try #require(example.header))
        #expect(shown.count > 1)
        if shown == columns(String(output.prefix { $0 != "\n" })) { return }
        // Columns in which nothing happened are left out: then they are some of all, in their order.
        var wide = example
        wide.words.append("--wide")
        var all = columns(String(try run(wide).output.prefix { $0 != "\n" }))[...]
        for name in shown {
            let index = try #require(all.firstIndex(of: name), "\(name)")
            all = all[(index + 1)...]
        }
    }

    private func expectProduct(
        _ name: some StringProtocol, in package: String? = nil
    ) throws {
        let manifest = try Repository.text((package.map { $0 + "/" } ?? "") + "Package.swift")
        let isBuilt = manifest.matches(of: /\.executable(?:Target)?\(\s*name: "(\w+)"/)
            .contains { $0.1 == name }
        #expect(isBuilt, "\(package ?? ".")/Package.swift has no product \(name)")
    }

    /// Those that the program itself asks for, given to its own file.
    private func expectCapabilities(_ words: [String]) throws {
        let known = try Repository.text("Sources/socktape/Doctor/Capability.swift")
            .matches(of: /"(cap_[a-z_]+)"/).map { String($0.1) }.filter { $0 != "cap_sys_admin" }
        let given = try #require(words.dropFirst().first)
        #expect(given.hasSuffix("+ep"))
        #expect(Set(given.dropLast(3).split(separator: ",").map(String.init)) == Set(known))
        try expectProduct(try #require(words.last?.split(separator: "/").last))
    }

    /// Runs it in a folder of its own on the recorded night; `record` for a second, on this host.
    private func run(_ example: Example) throws -> Command.Outcome {
        try #require(example.words.first == "socktape")
        var words = Array(example.words.dropFirst())
        var recording = night
        if words.first == "record" {
            recording = folder.file("recorded.sqlite")
            if let index = words.firstIndex(of: "--duration") {
                words.removeSubrange(index...(index + 1))
            }
            words += ["--duration", "1s"]
        }
        let line = words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
        let outcome = try Command.shell(
            "cd \"$FOLDER\" && exec \"$socktape\" " + line.joined(separator: " "),
            environment: ["SOCKTAPE_DB": recording, "FOLDER": folder.path])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return outcome
    }

    private func answers(_ example: Example) throws {
        let before = Set(folder.names)
        let outcome = try run(example)
        let made = Set(folder.names).subtracting(before)
        switch example.words.dropFirst().first {
        case "record":
            #expect(made.count == 1)
            for name in made {
                let samples = try Command.socktape(
                    "sql", "SELECT count(*) > 0 FROM samples", "--format", "csv",
                    db: folder.file(name))
                #expect(samples.output.hasSuffix("1\r\n") || samples.output.hasSuffix("1\n"))
            }
        case "snapshot":
            #expect(made.count == 1)
            for name in made {
                #expect(try Command.socktape("check", db: folder.file(name)).code == 0)
            }
        case "check" where example.words.contains("--repair"):
            #expect(made.count == 1)
            for name in made {
                #expect(try Command.socktape("check", db: folder.file(name)).code == 0)
            }
            try expectAnswer(outcome.output, "table")
        case "check": #expect(!outcome.complaint.isEmpty && outcome.output.isEmpty)
        case "export":
            let target = folder.file(try #require(made.first))
            for file in try FileManager.default.contentsOfDirectory(atPath: target) {
                try expectAnswer(try text(of: target + "/" + file), "csv")
            }
        default:
            let file = example.value(of: "--output").map(folder.file)
            let text = try file.map { try self.text(of: $0) }
            try expectAnswer(text ?? outcome.output, example.value(of: "--format") ?? "table")
        }
    }

    /// What a file holds, compressed or not.
    private func text(of file: String) throws -> String {
        guard file.hasSuffix(".gz") else {
            return try String(contentsOfFile: file, encoding: .utf8)
        }
        let outcome = try Command.shell("gunzip -c \"$F\"", environment: ["F": file])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return outcome.output
    }

    private func expectAnswer(_ text: String, _ format: String) throws {
        switch format {
        case "csv": #expect(Set(try CSV.parse(text).map(\.count)).count == 1)
        case "json": #expect(!(try JSON.objects(text)).isEmpty)
        case "ndjson":
            let lines = text.split(separator: "\n")
            #expect(!(try JSON.objects("[" + lines.joined(separator: ",") + "]")).isEmpty)
        default:
            #expect(text.split(separator: "\n").count > 1, "\(text)")
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        }
    }
}
