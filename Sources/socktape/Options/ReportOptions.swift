import ArgumentParser
import Queries

/// What each report about connections is told: of which recording, when, between which ends, how
/// many rows, and how it answers.
struct ReportOptions: ParsableArguments {
    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var filters: EndFilterOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    /// Works at a desk, with the part of the recording that is asked about.
    func work(in surroundings: Surroundings, _ body: (Desk, Scope) throws -> Void) throws {
        let filter = try filters.clause()
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            try body(desk, Scope(try desk.range(range), filter: filter, top: limit))
        }
    }
}
