import ArgumentParser
import Model
import Queries
import Store

/// Is the recording whole?
struct CheckCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a recording for damage.",
        discussion: """
            Checks the file's pages and references, the rules that every recording keeps, and \
            whether tables rebuilt from spans agree with the counts of their samples. Damage ends \
            with code 65.

            EXAMPLES
              socktape check --db monday.sqlite
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run(in surroundings: Surroundings) throws {
        let path = database.path(in: surroundings)
        let page = try Page(output, in: surroundings)
        let findings = try surroundings.reader(path).check()
        let cursor = ArrayCursor(
            columns: [Column("rule"), Column("finding")],
            rows: findings.map { [.text($0.rule), .text($0.detail)] })
        if !findings.isEmpty || !page.isForPeople { try page.show(cursor) }
        try page.finish()
        guard !findings.isEmpty else { return try page.note("\(path): no damage found") }
        throw Failure(
            .data,
            "cannot vouch for \(path): \(findings.count) findings of damage; "
                + "try an earlier copy, or 'socktape export' for what can be read")
    }
}
