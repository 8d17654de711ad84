import FoundationEssentials
import Glibc
import Kernel
import Model
import Queries
import Rendering

/// What a command finds around it, so that a test or another host can be put in its place.
struct Surroundings: Sendable {
    /// Ends what runs.
    var cancellation: Cancellation
    /// The environment's variables.
    var environment = ProcessInfo.processInfo.environment
    /// Whether the user is root.
    var isRoot = geteuid() == 0
    /// The present, µs since 1970.
    var now: @Sendable () -> Int64 = { KernelClock().now().wall / 1000 }
    /// Local time less UTC, seconds.
    var utcOffset: @Sendable (Int64) -> Int = { LocalTime.offset(at: $0) }
    /// The process that records into a file; nil when none does.
    var recorder: @Sendable (_ path: String) -> Int32? = { FileLock.holder(of: $0) }
    /// Octets free on the disk that holds a path; nil when it does not tell.
    var freeBytes: @Sendable (_ path: String) -> Int64? = { try? FileSystem.freeOctets(at: $0) }

    /// Columns of the terminal behind standard error; nil where it is none.
    var errorWidth: Int? { OwnProcess.isTerminal(2) ? OwnProcess.terminalWidth(2) ?? 80 : nil }

    /// How results are written to this terminal, pipe or file.
    func renderOptions(isTerminal: Bool, raw: Bool) -> RenderOptions {
        RenderOptions(
            width: isTerminal ? width : nil,
            color: isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb",
            unicode: isUnicode, raw: raw, utcOffset: utcOffset)
    }

    /// The terminal's width; $COLUMNS overrides it.
    private var width: Int {
        if let columns = environment["COLUMNS"].flatMap({ Int($0) }), columns > 0 {
            return columns
        }
        return Terminal.columns ?? 80
    }

    /// Whether the locale's characters are UTF-8 (POSIX, the order of LC_ALL, LC_CTYPE, LANG).
    private var isUnicode: Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy
            .compactMap { environment[$0] }.first { !$0.isEmpty }
        let name = (locale ?? "").lowercased()
        return name.contains("utf-8") || name.contains("utf8")
    }
}
