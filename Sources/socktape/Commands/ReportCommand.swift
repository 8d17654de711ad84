import ArgumentParser

/// What a recording says in sum.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Sum up a recording: states, lifetimes, TIME-WAIT, descriptors, …",
        discussion: """
            Without --since and --until a report is about the latest recording, whole. Each report \
            says on standard error how much of its range was seen.

            EXAMPLES
              socktape report summary
              socktape report states --bucket 5m --format csv
              socktape report lifetimes --by process --since 22:00
              socktape report time-wait --by peer --top 10
            """,
        subcommands: [
            SummaryReport.self, StatesReport.self, LifetimesReport.self, TimeWaitReport.self,
            CloseWaitReport.self, OrphansReport.self, HandshakesReport.self, ClosersReport.self,
            PortsReport.self, PeersReport.self, ProcessesReport.self, ChurnReport.self,
            LongReport.self, ListenersReport.self, DescriptorsReport.self, LimitsReport.self,
            CoverageReport.self,
        ],
        defaultSubcommand: SummaryReport.self)
}
