import Logging
import Recorder
import Rendering
import Synchronization

/// Writes a log line a minute while a recording goes on, and notices as they come.
final class ProgressInLog: RecorderObserver {
    /// From line to line, µs.
    private static let interval: Int64 = 60_000_000

    private let logger: Logger
    private let due = Mutex<Int64>(ProgressInLog.interval)

    init(_ logger: Logger) { self.logger = logger }

    func sampled(_ progress: RecorderProgress) {
        let isDue = due.withLock { due in
            guard progress.elapsedMicroseconds >= due else { return false }
            due = progress.elapsedMicroseconds + Self.interval
            return true
        }
        if isDue { logger.info("\(StatusLine(progress).text(width: nil, unicode: false))") }
    }

    func pulse() {}

    func notice(_ text: String) { logger.notice("\(SafeText.visible(text, unicode: false))") }
}
