import Kernel
import Recorder
import Rendering
import Synchronization

/// Keeps one line up to date while a recording goes on, and writes notices above it.
final class ProgressOnTerminal: RecorderObserver {
    private let last = Mutex<RecorderProgress?>(nil)

    func sampled(_ progress: RecorderProgress) {
        last.withLock { $0 = progress }
        Terminal.complain(frame(progress))
    }

    func pulse() {}

    func notice(_ text: String) {
        Terminal.complain("\r\u{1b}[K\(SafeText.visible(text))\n")
        if let progress = last.withLock({ $0 }) { Terminal.complain(frame(progress)) }
    }

    /// Leaves the line as it stands and goes on below it.
    func close() {
        if last.withLock({ $0 }) != nil { Terminal.complain("\n") }
    }

    private func frame(_ progress: RecorderProgress) -> String {
        StatusLine(progress).frame(width: OwnProcess.terminalWidth(2) ?? 80)
    }
}

extension StatusLine {
    /// What a recorder tells after a sample.
    init(_ progress: RecorderProgress) {
        self.init(
            elapsedSeconds: Double(progress.elapsedMicroseconds) / 1e6, samples: progress.samples,
            sockets: progress.sockets, openedPerSecond: progress.opensPerSecond,
            fileBytes: progress.fileBytes, coverage: progress.coverage)
    }
}
