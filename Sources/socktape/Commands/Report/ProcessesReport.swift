import ArgumentParser
import Queries

/// Connections by process.
struct ProcessesReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "processes", abstract: "Connections by the process that holds them.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let filter = try filters.clause()
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), filter: filter, top: limit)
            try desk.show(ProcessesQuery(scope).question)
            try desk.tellCoverage(scope)
        }
    }
}
