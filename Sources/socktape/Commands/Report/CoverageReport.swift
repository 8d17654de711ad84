import ArgumentParser
import Queries

/// How much was seen.
struct CoverageReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "How many of the kernel's connections were recorded, hour by hour.",
        discussion: """
            Active are attempts as client, passive are connections as server: what the kernel \
            counted and what was recorded. A share above 100 % is a defect of the recorder, and \
            is marked !. What is missing is held against what events and destroy messages lost.

            \(LackingOptions.told("coverage"))
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range))
            let query = CoverageQuery(scope, apart: try desk.hasNamespaces(scope))
            try desk.show(query.question)
            if desk.page.isForPeople {
                try desk.page.write("\n")
                try desk.show(query.total)
            }
            try desk.tellCoverage(scope)
            try desk.tellExactness(scope)
            for sentence in try desk.sourceSentences(scope) { try desk.note(sentence) }
        }
    }
}
