import Foundation
import Testing

@Suite("The documentation names what the program has, and all of it")
struct DocsNameTests {
    /// How names of the kernel and of its headers begin, which no recording holds.
    private static let foreign = [
        "bpf_", "idiag_", "inet_", "netlink_", "sk_", "skc_", "srtt_us", "st_", "start_boottime",
        "tcp_", "tcpi_",
    ]

    private let program: ProgramCommand
    private let names: ProgramNames

    init() throws {
        program = try ProgramCommand.program.get()
        let folder = try Folder()
        let night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
        names = try ProgramNames(recording: night)
    }

    /// The command lines in a page's prose: with the program's name, or from a command on.
    private func commandLines(in page: Page) -> [[String]] {
        let commands = Set((program.subcommands ?? []).map(\.commandName))
        return page.codes.compactMap { code in
            let words = code.split(separator: " ").map(String.init)
            if words.first == "socktape" { return Array(words.dropFirst()) }
            return words.count > 1 && commands.contains(words[0]) ? words : nil
        }
    }

    private func blockLines(in page: Page) -> [[String]] {
        (Example.inBlocks(of: "sh", on: page) + Example.inConsoles(on: page))
            .filter { $0.words.first == "socktape" }.map { Array($0.words.dropFirst()) }
    }

    @Test("Commands and options that a page names exist", arguments: Repository.manual)
    func commands(_ page: Page) {
        for words in commandLines(in: page) + blockLines(in: page) {
            #expect(throws: Never.self, "\(words)") { try program.resolve(words) }
        }
        let options = Set(program.all().flatMap { $0.command.arguments ?? [] }.flatMap(\.options))
        for code in page.codes where code.hasPrefix("--") && code != "--" {
            let option = String(code.prefix { $0 != " " })
            let exists = options.contains(option)
            #expect(exists, "there is no option \(option)")
        }
    }

    @Test("Views and columns that a page names exist", arguments: Repository.manual)
    func columns(_ page: Page) {
        for code in page.codes {
            guard let name = code.wholeMatch(of: /[a-z0-9_*]+(?:\.[a-z0-9_*]+)?/)?.0,
                name.contains("_"), !Self.foreign.contains(where: name.hasPrefix)
            else { continue }
            let exists = names.have(name)
            #expect(exists, "no view, column or table is named \(name)")
        }
    }

    @Test func `Each command and report is shown`() {
        let shown = Repository.manual.flatMap { commandLines(in: $0) + blockLines(in: $0) }
            .compactMap { try? program.resolve($0) }
        for (path, _) in program.all() {
            let isShown = shown.contains { $0.starts(with: path) }
            #expect(isShown, "\(path) is nowhere in the manual")
        }
    }

    @Test func `Each public view is told about`() {
        let told = Repository.manual.flatMap { page in
            page.codes + page.lines.filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        }
        #expect(names.views.count > 20)
        for view in names.views.keys {
            let isTold = told.contains(view)
            #expect(isTold, "\(view) is nowhere in the manual")
        }
    }

    @Test func `The examples of the help texts use commands and options that exist`() throws {
        var count = 0
        for (path, command) in program.all() {
            for line in (command.discussion ?? "").split(separator: "\n") {
                guard line.hasPrefix("  socktape ") else { continue }
                count += 1
                let words = try #require(try ShellWords.commands(String(line)).first)
                let named = try program.resolve(Array(words.dropFirst()))
                #expect(named.starts(with: path), "help of \(path) shows \(words)")
            }
        }
        #expect(count > 10)
    }
}
