import ArgumentParser
import Queries

/// How near each limit is.
struct LimitsReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "Every recorded limit with its use at the end and at its highest, nearest first.",
        discussion: """
            used is the highest use against the limit in force at the end of the range. nofile is \
            the soft limit of the process that was nearest to it, backlog the accept queue that \
            was fullest, ip_local_port_range the ports in use toward one address and port, \
            TIME-WAIT included, less the reserved ones. Settings and limits of which the recording \
            knows no use come last.

            \(LackingOptions.told("limits"))

            EXAMPLES
              socktape report limits
              socktape report limits --since 03:00 --until 03:30 --format json
              socktape report limits --bucket 10m --top 3
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var parts: PartOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), top: limit)
            let query = LimitsQuery(scope, bucketMicroseconds: try parts.length(of: scope))
            try desk.show(query.question)
            try desk.tellCoverage(scope)
        }
    }
}
