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

            With --repair what can be read is carried into a new file, which keeps every rule: \
            pages are read one by one, so that a broken one costs no more than its own rows. The \
            damaged file is only read. What was salvaged and what was lost is told table by table; \
            code 65 if nothing could be made out.

            EXAMPLES
              socktape check --db monday.sqlite
              socktape check --db damaged.sqlite --repair mended.sqlite
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp(
            "Carry what can be read into this new file; one that is there is not replaced.",
            valueName: "file"))
    var repair: String?

    func run(in surroundings: Surroundings) throws {
        let path = database.path(in: surroundings)
        if let repair {
            try database.limit(surroundings.cancellation)
            return try Repair(path: path, target: repair, page: Page(output, in: surroundings))
                .run(in: surroundings)
        }
        try check(path, in: surroundings)
    }

    private func check(_ path: String, in surroundings: Surroundings) throws {
        let page = try Page(output, in: surroundings)
        let findings = try surroundings.reader(database).check()
        let cursor = ArrayCursor(
            columns: [Column("rule"), Column("finding")],
            rows: findings.map { [.text($0.rule), .text($0.detail)] })
        if !findings.isEmpty || !page.isForPeople { try page.show(cursor) }
        try page.finish()
        guard !findings.isEmpty else { return try page.note("\(path): no damage found") }
        throw Failure(
            .data,
            "cannot vouch for \(path): \(findings.count) findings of damage; "
                + "try 'socktape check --repair FILE', or an earlier copy")
    }
}
