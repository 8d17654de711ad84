import ArgumentParser
import Expressions
import Queries

extension FlowsQuery.Group: ExpressibleByArgument {}

/// Openings and ends over time, and who could have kept a connection.
struct ChurnReport: ReaderCommand {
    /// More rows than anyone reads.
    private static let mostBuckets: Int64 = 100_000

    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: "Openings and ends over time; with --by, pools that do not pool.",
        discussion: """
            Without --by a row for each stretch of time: what opened, closed, failed or was reset \
            in it, how often a connection opened and how many did in the busiest second.

            With --by a row for each process, peer or port (a server's own, a client's peer's), \
            or flow: one process's connections to one peer and port. at once is the most of them \
            open together: a pool of so many would have done. followed is the share of orderly \
            ends after which the same process opened another one to the same peer and port within \
            1 s: that connection could have been kept. Many short ones that are followed are a \
            pool that does not pool. How many requests one carried is not recorded; the bytes a \
            connection, each way, are.

            EXAMPLES
              socktape report churn --bucket 5m
              socktape report churn --by flow --role client --top 5
            """)

    @OptionGroup var options: ReportOptions

    @Option(
        help: ArgumentHelp(
            "A row for each so long, in whole seconds; by default about 24 rows.",
            valueName: "duration"))
    var bucket: String?

    @Option(help: ArgumentHelp("Gather by this instead of over time.", valueName: "what"))
    var by: FlowsQuery.Group?

    func validate() throws {
        if by != nil, bucket != nil {
            throw ValidationError(
                "--by gathers over the whole range: it goes without --bucket; try one of them")
        }
    }

    func run(in surroundings: Surroundings) throws {
        let seconds = try bucket.map { try Self.seconds($0) }
        try options.work(in: surroundings) { desk, scope in
            if let by {
                try desk.show(FlowsQuery(scope, by: by).question)
                try desk.note(
                    "followed: after an orderly end the same process opened another connection "
                        + "to the same peer and port within 1 s; that one could have been kept")
            } else {
                let length = seconds ?? ChurnQuery.usualSeconds(scope.range)
                guard ChurnQuery.buckets(scope.range, seconds: length) <= Self.mostBuckets else {
                    throw Failure(
                        .usage,
                        "cannot show more than 100,000 rows; try a longer --bucket, or a "
                            + "shorter range")
                }
                try desk.show(ChurnQuery(scope, seconds: length).question)
            }
            try desk.tellCoverage(scope)
        }
    }

    private static func seconds(_ text: String) throws -> Int64 {
        let length = try DurationExpression(text, in: 1_000_000...DurationExpression.longest)
            .microseconds
        guard length % 1_000_000 == 0 else {
            throw Failure(
                .usage, "cannot count in buckets of \(text): not whole seconds; try --bucket 1s")
        }
        return length / 1_000_000
    }
}
