import ArgumentParser
import Expressions
import Queries

/// Sockets by state.
struct StatesReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "states",
        abstract: "How many sockets were in each state.",
        discussion: """
            Without --bucket a row a state with its peaks over time; with --bucket a row for each \
            state of each bucket. States that never occurred are left out.

            \(LackingOptions.told("states"))
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var answer: AnswerOptions

    @Option(help: ArgumentHelp("In this state: established, time-wait, …", valueName: "state"))
    var state: [String] = []

    @Option(help: ArgumentHelp("A row for each so long.", valueName: "duration"))
    var bucket: String?

    func run(in surroundings: Surroundings) throws {
        let filter = try EndFilterOptions.clause(onlyStates: state)
        let bucket = try bucket.map {
            try DurationExpression($0, in: 1_000...DurationExpression.longest)
        }
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), filter: filter)
            if let bucket {
                try desk.show(
                    StatesOverTimeQuery(scope, bucketMicroseconds: bucket.microseconds).question)
            } else {
                try desk.show(StatesQuery(scope).question)
            }
            try desk.tellCoverage(scope)
        }
    }
}
