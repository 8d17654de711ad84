import ArgumentParser
import Queries
import Rendering

/// A range in one page.
struct SummaryReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "A range on one page.",
        discussion: LackingOptions.told("summary"))

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range))
            try desk.show(SummaryQuery(scope).question, layout: .record)
            try desk.tellCoverage(scope)
            for sentence in try desk.sourceSentences(scope) { try desk.note(sentence) }
        }
    }
}
