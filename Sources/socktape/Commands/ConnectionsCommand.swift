import ArgumentParser
import Queries

/// Connections one by one.
struct ConnectionsCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections",
        abstract: "List connections by time.",
        discussion: """
            Every connection and attempt that was there within the range, the oldest first. A row \
            marked ~ has a time that is known to its bounds alone; --wide shows them, who closed \
            and how, and how long the handshake took.

            EXAMPLES
              socktape connections --since 03:00 --until 03:12 --process postgres
              socktape connections --peer 10.0.0.0/8:443 --limit 0 --format csv
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var answer: AnswerOptions

    @Option(help: ArgumentHelp("At most so many rows; 0 for all.", valueName: "n"))
    var limit = 1000

    func run(in surroundings: Surroundings) throws {
        guard limit >= 0 else {
            throw Failure(.usage, "cannot list \(limit) rows: it is negative; try --limit 100")
        }
        let filter = try filters.clause()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(
                try desk.range(range), filter: filter, top: limit == 0 ? nil : Int64(limit))
            try desk.show(ConnectionsQuery(scope, apart: try desk.hasNamespaces(scope)).question)
            try desk.tellCoverage(scope)
        }
    }
}
