import ArgumentParser
import Queries

/// Open file descriptors.
struct DescriptorsReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "fds",
        abstract: "Open file descriptors of the host and of each process.",
        discussion: """
            The host's row counts file handles against fs.file-max, the others descriptors against \
            their soft limit; the fullest come first.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), top: limit)
            try desk.show(DescriptorsQuery(scope).question)
            try desk.tellGaps(scope)
        }
    }
}
