import Foundation
import GRDB
import Testing

/// A command as the program itself describes it.
struct ProgramCommand: Decodable, Sendable {
    /// An argument or option.
    struct Argument: Decodable, Sendable {
        /// One of its names.
        struct Name: Decodable, Sendable {
            var kind: String
            var name: String
        }
        var names: [Name]?
        var allValues: [String]?

        /// Its names with two dashes.
        var options: [String] { (names ?? []).filter { $0.kind == "long" }.map { "--" + $0.name } }
    }

    private struct Dump: Decodable { var command: ProgramCommand }

    var commandName: String
    var discussion: String?
    var arguments: [Argument]?
    var subcommands: [ProgramCommand]?

    /// The whole program.
    static let program = Result {
        let text = try Command.socktape("--experimental-dump-help").output
        return try JSONDecoder().decode(Dump.self, from: Data(text.utf8)).command
    }

    /// Every command below this one and itself, each with the words that lead there.
    func all(_ path: [String] = []) -> [(path: [String], command: ProgramCommand)] {
        [(path, self)]
            + (subcommands ?? []).filter { $0.commandName != "help" }
            .flatMap { $0.all(path + [$0.commandName]) }
    }

    /// Follows words that begin after the program's name, and says which command they name;
    /// throws what the program does not have.
    func resolve(_ words: [String], path: [String] = []) throws -> [String] {
        if let word = words.first, word != "…", !word.hasPrefix("-"),
            let subcommands, !subcommands.isEmpty
        {
            guard let next = subcommands.first(where: { $0.commandName == word }) else {
                throw ShellWords.Unreadable(description: "there is no command '\(word)'")
            }
            return try next.resolve(Array(words.dropFirst()), path: path + [word])
        }
        let given = words.prefix { $0 != "--" }
        for (index, word) in given.enumerated() where word.hasPrefix("--") {
            guard let option = (arguments ?? []).first(where: { $0.options.contains(word) }) else {
                throw ShellWords.Unreadable(
                    description: "'\(path.joined(separator: " "))' has no option \(word)")
            }
            if let values = option.allValues, let value = given.dropFirst(index + 1).first {
                guard values.contains(value) else {
                    throw ShellWords.Unreadable(description: "\(word) has no value '\(value)'")
                }
            }
        }
        return path
    }
}

/// The names that SQL can use on a recording.
struct ProgramNames {
    /// The columns of each public view.
    private(set) var views: [String: Set<String>] = [:]
    /// Tables, indices and views, public or not.
    let stored: Set<String>
    /// Columns of an answer that is estimated, which no view has.
    let estimated: Set<String>

    /// Reads them from a recording, not from what the program says about it.
    init(recording path: String) throws {
        let file = try DatabaseQueue(path: path)
        stored = try file.read {
            try String.fetchSet($0, sql: "SELECT name FROM sqlite_master")
        }
        for row in try CSV.parse(try Command.socktape("schema", "--format", "csv").output)
            .dropFirst() where row[1].isEmpty
        {
            views[row[0]] = try file.read { try Set($0.columns(in: row[0]).map(\.name)) }
        }
        try file.close()
        estimated = try Set(
            [[], ["--curve"], ["--correct"]].flatMap { options in
                let answer = try Command.shell(
                    "\"$socktape\" report lifetimes --format csv " + options.joined(separator: " "),
                    environment: ["SOCKTAPE_DB": path])
                return try CSV.parse(answer.output).first ?? []
            })
    }

    /// Whether a name, perhaps with a view before a dot and with `*`, means anything.
    func have(_ name: Substring) -> Bool {
        let parts = name.split(separator: ".")
        guard parts.count <= 2, let last = parts.last else { return false }
        let pattern = last.split(separator: "*", omittingEmptySubsequences: false)
        func fits(_ column: String) -> Bool {
            pattern.count == 1
                ? column == last
                : column.hasPrefix(pattern[0]) && column.hasSuffix(pattern[pattern.count - 1])
        }
        if parts.count == 2 { return views[String(parts[0])]?.contains(where: fits) ?? false }
        return stored.contains(String(last)) || estimated.contains(String(last))
            || views.values.contains { $0.contains(where: fits) }
    }
}
