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
            tells how it goes; elsewhere a log line a minute does. 'socktape doctor' tells what \
            this host permits. A recording that is proven damaged is given another name, and a \
            new one begins.

            Dumps of the kernel's socket table are always taken. Events (a BPF program; root, or \
            CAP_BPF and CAP_PERFMON) tell each change as it happens, to the microsecond. Destroy \
            messages (no privilege) tell the end of each connection. Other network namespaces \
            take CAP_SYS_ADMIN and CAP_SYS_PTRACE.

            EXAMPLES
              socktape record --duration 8h
              socktape record --db night.sqlite --interval 500ms
              socktape record --netns all --event-budget 20%
              socktape record --keep 30d --max-size 2GB --keep-rollups 1y
            """)

    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("From sample to sample: 500ms, 1s, 1m.", valueName: "duration"))
    var interval = "1s"

    @Option(
        help: ArgumentHelp(
            """
            From dump to dump of the socket table: 1s, 1m. auto takes no more than 1 % of the time \
            for dumps; between them a sample is what events told, or, without events, there is none.
            """, valueName: "duration"))
    var dumpEvery = "auto"

    @Option(help: ArgumentHelp("End after 10s, 8h, 3d2h.", valueName: "duration"))
    var duration: String?

    @Option(
        help: ArgumentHelp(
            """
            What tells of sockets. auto takes events, or destroy messages where events are not \
            permitted. Asked for by name (+events, +closes) and not to be had, it is an error.
            """))
    var capture: CaptureChoice = .auto

    @Option(
        help: ArgumentHelp(
            "Network namespaces: self, all, or one by name, path, inode or process id.",
            valueName: "which"))
    var netns = NamespaceChoice.own

    @Option(
        help: ArgumentHelp(
            "Share of one processor above which events are shed, and told so: 5%, 20%, off.",
            valueName: "share"))
    var eventBudget = EventBudgetOption.usual

    @Option(
        help: ArgumentHelp(
            """
            Memory for what waits while the disk is full, fails or is slow; above it connections \
            become counts.
            """, valueName: "size"))
    var backlog = "64MiB"

    @OptionGroup var retention: RetentionOptions

    /// Below a MiB a single busy sample would not fit.
    private static let backlogs: ClosedRange<Int64> = 1 << 20...1 << 40
    /// 10 ms to a day: below that the recorder would be the host's load.
    private static let intervals: ClosedRange<Int64> = 10_000...86_400_000_000

    func run() async throws {
        let surroundings = Surroundings(cancellation: Cancellation())
        let interval = try DurationExpression(interval, in: Self.intervals)
        let dumps = try dumpPeriod(interval: interval)
        let duration = try duration.map { text throws(ExpressionError) in
            try DurationExpression(text, in: 1...DurationExpression.longest)
        }
        let job = RecordingJob(
            path: database.path(in: surroundings), isDefaultPath: database.file == nil,
            interval: interval.microseconds, dumpPeriod: dumps?.microseconds,
            duration: duration?.microseconds, capture: capture,
            namespaces: netns, eventShare: eventBudget.share,
            backlog: try SizeExpression(backlog, in: Self.backlogs).bytes,
            retention: try retention.policy(),
            environment: surroundings.environment)
        try await job.run()
    }

    /// Dumps are taken with samples: not more often than those.
    private func dumpPeriod(interval: DurationExpression) throws -> DurationExpression? {
        guard dumpEvery != "auto" else { return nil }
        let period = try DurationExpression(dumpEvery, in: Self.intervals)
        guard period.microseconds >= interval.microseconds else {
            throw Failure(
                .usage,
                "cannot dump every \(dumpEvery): samples come every \(self.interval); "
                    + "try --interval \(dumpEvery), or --dump-every auto")
        }
        return period
    }
}
