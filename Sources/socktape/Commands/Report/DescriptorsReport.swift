import ArgumentParser
import Queries

/// Open file descriptors.
struct DescriptorsReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "fds",
        abstract: "Open file descriptors of the host and of each process, and who grows.",
        discussion: """
            The host's row counts file handles against fs.file-max, the others descriptors against \
            their soft limit; the fullest come first. Growth is the median of the slopes between \
            any two of 60 equal instants (Theil and Sen), so that a spike does not move it, with \
            its 95 % interval. Where that holds 0 it is "not growing"; with fewer than five values \
            one after the other it is "unclear". The time to a limit is what is left at that pace.

            EXAMPLES
              socktape report fds --since -2h
              socktape report fds --top 0 --format csv
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), top: limit)
            let query = DescriptorsQuery(scope, slots: desk.page.isForPeople ? 12 : 24)
            if desk.page.showsSQL {
                try desk.show(query.question)
                return try desk.page.write(
                    "-- The growth is estimated from process_fds and fd_counts; SQL gives the "
                        + "rest.\n")
            }
            let growth = try DescriptorGrowth(desk, scope, query.values)
            let isForPeople = desk.page.isForPeople
            let table = DescriptorTable(
                try desk.session.all(query.question), growth, isForPeople: isForPeople)
            try desk.page.show(
                table.cursor(isForPeople: isForPeople), shown: DescriptorTable.shown)
            for sentence in table.sentences { try desk.note(sentence) }
            try desk.tellGaps(scope)
        }
    }
}
