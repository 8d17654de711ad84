import Kernel
import Logging
import Model

/// Writes each log line to standard error: for journald with its level in front (sd-daemon(3)),
/// which has a time of its own; for a file or a pipe with the time in UTC.
struct LineLog: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    private let isJournal: Bool

    init(isJournal: Bool) { self.isJournal = isJournal }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let now = CivilTime(microseconds: KernelClock().now().wall / 1000)
        let start =
            isJournal
            ? "<\(Self.priority(event.level))>"
            : now.text(fractionDigits: 0, separator: "T") + "Z "
        Terminal.complain("\(start)\(event.message)\n")
    }

    /// The level as syslog(3) numbers it.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
