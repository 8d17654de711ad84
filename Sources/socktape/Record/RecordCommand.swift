import ArgumentParser
import Expressions
import Queries

/// `socktape record`: writes what happens until it is told to stop.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record this host's sockets into a file.",
        discussion: """
            Goes on until Ctrl-C, SIGTERM or --duration; each is a clean end with exit code 0. \
            Recording again into the same file adds a recording to it. On a terminal one line \
            tells how it goes; elsewhere a log line a minute does.

            EXAMPLES
              socktape record --duration 8h
              socktape record --db night.sqlite --interval 500ms
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("From sample to sample: 500ms, 1s, 1m.", valueName: "duration"))
    var interval = "1s"

    @Option(help: ArgumentHelp("End after 10s, 8h, 3d2h.", valueName: "duration"))
    var duration: String?

    @Option(
        help: ArgumentHelp(
            "What tells of sockets: auto takes the best that this host permits.",
            discussion: """
                dumps+events adds each change as it happens (BPF; root or capabilities), \
                dumps+closes the end of each connection (no privilege), dumps neither.
                """))
    var capture: CaptureChoice = .auto

    @Option(
        help: ArgumentHelp(
            "Which network namespaces: self, all, or one by name, path, inode or process id.",
            valueName: "which"))
    var netns = "self"

    @Option(
        help: ArgumentHelp(
            "What events may cost of one processor before detail is shed: 5%, 20%, off.",
            valueName: "share"))
    var eventBudget = EventBudgetOption.usual

    /// 10 ms to a day: below that the recorder would be the host's load.
    private static let intervals: ClosedRange<Int64> = 10_000...86_400_000_000

    func run() async throws {
        let surroundings = Surroundings(cancellation: Cancellation())
        let interval = try DurationExpression(interval, in: Self.intervals)
        let duration = try duration.map { text throws(ExpressionError) in
            try DurationExpression(text, in: 1...DurationExpression.longest)
        }
        let job = RecordingJob(
            path: database.path(in: surroundings), isDefaultPath: database.file == nil,
            interval: interval.microseconds,
            duration: duration?.microseconds, capture: capture,
            namespaces: NamespaceChoice(netns), eventShare: eventBudget.share,
            journalStream: surroundings.environment["JOURNAL_STREAM"])
        try await job.run()
    }
}
