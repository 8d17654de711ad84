import ArgumentParser
import Model
import Queries

/// Who leaves sockets in CLOSE-WAIT.
struct CloseWaitReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "close-wait",
        abstract: "Who leaves sockets in CLOSE-WAIT, how many, for how long, and do they grow?",
        discussion: """
            A socket is in CLOSE-WAIT from the peer's FIN until its own process closes it; nothing \
            else ends that, so one that stays is a leak of its process. Growth is the median of \
            the slopes between any two of 24 moments of the range. p50 and p99 are of those that \
            ended.

            EXAMPLES
              socktape report close-wait
              socktape report close-wait --by peer --process postgres
              socktape report close-wait --bucket 10m --top 3
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var parts: PartOptions

    @Option(help: ArgumentHelp("Gather by this; port is this end's.", valueName: "what"))
    var by = EndGroup.process

    func run(in surroundings: Surroundings) throws {
        try options.work(in: surroundings) { desk, scope in
            let query = StaysQuery(
                scope, states: [.closeWait], by: .by(by.grouping),
                bucketMicroseconds: try parts.length(of: scope))
            try desk.show(query.question)
            try desk.note(
                "the peer has closed and this end has not: only its own process can end that")
            try desk.tellCoverage(scope)
        }
    }
}
