import ArgumentParser
import Model
import Queries
import Store

/// What there is to ask.
struct SchemaCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Tell every view and column, with unit and meaning.",
        discussion: """
            EXAMPLES
              socktape schema
              socktape schema connections
              socktape schema --sql
            """)

    @OptionGroup var output: OutputOptions

    @Flag(help: "Print the CREATE statements instead.")
    var sql = false

    @Argument(help: "Only these views.")
    var views: [String] = []

    func run(in surroundings: Surroundings) throws {
        let wanted = try views.map { try PublicView.named($0) }
        let page = try Page(output, in: surroundings)
        if sql {
            for migration in Migration.embedded { try page.write(migration.sql) }
        } else {
            try page.show(Self.cursor(wanted.isEmpty ? PublicView.all : wanted))
        }
        try page.finish()
    }

    /// A row a view, followed by a row for each of its columns.
    private static func cursor(_ views: [PublicView]) -> ArrayCursor {
        let rows = views.flatMap { view in
            [[Cell.text(view.name), .null, .null, .text(view.summary)]]
                + view.columns.map {
                    [.text(view.name), .text($0.name), .text($0.unit), .text($0.meaning)]
                }
        }
        return ArrayCursor(
            columns: [Column("view"), Column("column"), Column("unit"), Column("meaning")],
            rows: rows)
    }
}
