import Foundation
import Testing

/// Texts that were looked at once and must not change unseen. `SOCKTAPE_RECORD=1` writes them anew.
enum DocsGolden {
    /// Compares a text with a file of this repository.
    static func expect(
        _ text: String, is name: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        if ProcessInfo.processInfo.environment["SOCKTAPE_RECORD"] == "1" {
            try Data(text.utf8).write(to: Repository.root.appending(path: name))
        }
        let golden = (try? Repository.text(name)) ?? ""
        let pair = zip(
            text.components(separatedBy: "\n"), golden.components(separatedBy: "\n") + [""])
        let first = pair.first { $0 != $1 }.map { "now '\($0)', there '\($1)'" } ?? "its length"
        let isSame = text == golden
        #expect(
            isSame, "\(name) differs: \(first); SOCKTAPE_RECORD=1 swift test writes it",
            sourceLocation: location)
    }
}

@Suite("Help texts stay as they were looked at")
struct DocsHelpTests {
    private static let folder = "Tests/CommandTests/Goldens"

    private let paths: [[String]]

    init() throws { paths = try ProgramCommand.program.get().all().map(\.path) }

    private func file(_ path: [String]) -> String {
        (["help"] + path).joined(separator: "-") + ".txt"
    }

    @Test func `Each command's help is the one on file`() throws {
        for path in paths {
            let words = path + ["--help"]
            let outcome = try Command.shell("\"$socktape\" " + words.joined(separator: " "))
            #expect(outcome.code == 0)
            #expect(outcome.complaint.isEmpty)
            try DocsGolden.expect(outcome.output, is: "\(Self.folder)/\(file(path))")
        }
    }

    @Test func `There is no help on file of a command that is gone`() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Repository.root.appending(path: Self.folder).path)
        #expect(Set(files.filter { $0.hasPrefix("help") }) == Set(paths.map(file)))
    }
}
