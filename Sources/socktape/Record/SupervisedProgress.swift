import Kernel
import Model
import Recorder
import Rendering
import Synchronization

/// Tells a service manager that the recorder is ready, how it goes, and that it is alive; and somebody
/// else all that is to be seen or logged.
final class SupervisedProgress: RecorderObserver {
    private let observer: any RecorderObserver
    private let manager: ServiceManager
    /// Reading of the boot clock at which the next sign of life is due, ns.
    private let due = Mutex<Int64>(.min)

    init(_ observer: any RecorderObserver, _ manager: ServiceManager) {
        self.observer = observer
        self.manager = manager
    }

    func sampled(_ progress: RecorderProgress) {
        observer.sampled(progress)
        if progress.samples == 1 { manager.tell("READY=1\n") }
        pulse()
        if progress.samples % 60 == 1 {
            manager.tell("STATUS=\(StatusLine(progress).text(width: nil, unicode: false))\n")
        }
    }

    func notice(_ text: String) { observer.notice(text) }

    /// A third of the time that the manager allows passes at the most.
    func pulse() {
        guard let allowed = manager.watchdogNanoseconds else { return }
        let now = KernelClock().now().boot
        let isDue = due.withLock { due in
            guard now >= due else { return false }
            due = now + allowed / 3
            return true
        }
        if isDue { manager.tell("WATCHDOG=1\n") }
    }
}
