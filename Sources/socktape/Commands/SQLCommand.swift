import ArgumentParser
import Model
import Queries

/// SQL that a person writes.
struct SQLCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Run one SELECT over the views.",
        discussion: """
            The recording is opened read-only: SQL that writes or attaches ends with code 77. \
            'socktape schema' tells every view and column; plain 'sqlite3 FILE' works as well.

            EXAMPLES
              socktape sql "SELECT comm, count(*) AS n FROM connections GROUP BY comm"
              socktape sql "SELECT * FROM samples" --format csv --output samples.csv
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var anonymize: AnonymizeOptions

    @Argument(help: "One statement that reads.")
    var statement: String

    func run(in surroundings: Surroundings) throws {
        try Desk.work(database, output, in: surroundings, anonymize: anonymize) { desk in
            let cursor = try desk.session.rows(of: statement)
            guard !cursor.columns.isEmpty else { return }
            try desk.page.show(cursor)
        }
    }
}
