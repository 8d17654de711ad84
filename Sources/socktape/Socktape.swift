import ArgumentParser

/// The command line.
struct Socktape: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "socktape",
        abstract: "A tape recorder for a Linux server's sockets.",
        discussion: """
            Records every TCP connection's life into one SQLite file and answers in the morning: \
            what the socket table looked like at 03:12, how long connections live, who holds \
            TIME_WAIT, who leaks descriptors. Every time carries its bounds, and every recording \
            says how much it saw.

            EXAMPLES
              socktape status
              socktape report summary
              socktape report lifetimes --by process
              socktape at 03:12 --state time-wait
              socktape connections --peer 10.0.0.0/8:443 --since -2h
              socktape sql "SELECT comm, count(*) FROM connections GROUP BY comm"

            The recording is --db FILE, else $SOCKTAPE_DB, else /var/lib/socktape/socktape.sqlite \
            for root, else socktape/socktape.sqlite in $XDG_DATA_HOME or ~/.local/share.
            Data goes to standard output, everything else to standard error.

            EXIT CODES
            \(ExitCode.table)
            """,
        version: Version.text,
        subcommands: [
            RecordCommand.self, StatusCommand.self, ReportCommand.self, AtCommand.self,
            DiffCommand.self, ConnectionsCommand.self, TraceCommand.self, FindingsCommand.self,
            SQLCommand.self, ExportCommand.self, SnapshotCommand.self, SchemaCommand.self,
            DoctorCommand.self, CheckCommand.self, PruneCommand.self,
        ])
}
