import ArgumentParser
import Queries

/// Connections by process.
struct ProcessesReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "processes",
        abstract: "Connections by the process that holds them, and what else it holds.",
        discussion: """
            About the connections that were there within the range. CLOSE-WAIT is what stood in it \
            at the range's last sample, TIME-WAITs are those that its connections left behind in \
            the range, fds the most descriptors it had open. Bytes are payload over the whole life.

            \(LackingOptions.told("processes"))

            EXAMPLES
              socktape report processes --since -1h
              socktape report processes --role client --wide
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var parts: PartOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let filter = try filters.clause()
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), filter: filter, top: limit)
            let length = try parts.length(of: scope)
            try desk.show(ProcessesQuery(scope, bucketMicroseconds: length).question)
            try desk.tellCoverage(scope)
        }
    }
}
