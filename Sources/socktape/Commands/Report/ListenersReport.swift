import ArgumentParser
import Queries

/// Who listens where.
struct ListenersReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "listeners",
        abstract: "Which process listens where, and how full its accept queue got.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), top: limit)
            try desk.show(ListenersQuery(scope, apart: try desk.hasNamespaces(scope)).question)
            try desk.note(
                "a server's connections all share its one port and differ by peer: 65535 ports "
                    + "are no limit to them")
            try desk.tellCoverage(scope)
        }
    }
}
