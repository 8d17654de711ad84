import Expressions
import FoundationEssentials
import Kernel
import Logging
import Recorder
import Rendering
import ServiceLifecycle
import Store
import UnixSignals

/// One run of the recorder: takes the lock, opens the file, wires sources to it, and waits for the
/// end.
struct RecordingJob {
    /// The recording's path.
    let path: String
    /// Whether the path is the program's own choice: its folder is made if it is missing.
    let isDefaultPath: Bool
    /// From sample to sample, µs.
    let interval: Int64
    /// From dump to dump, µs; nil: as the budget permits.
    let dumpPeriod: Int64?
    /// After which it ends, µs; nil: when it is told to.
    let duration: Int64?
    let capture: CaptureChoice
    let namespaces: NamespaceChoice
    /// The share of one processor that events may cost; nil: any.
    let eventShare: Double?
    /// What of the file stays.
    let retention: RetentionPolicy
    /// $JOURNAL_STREAM.
    let journalStream: String?

    func run() async throws {
        if isDefaultPath { try makeFolder() }
        let capture = try Capture(capture, namespaces)
        let title = "recording into \(SafeText.visible(path)) by \(capture.name)"
        let lock = try FileLock(path)
        defer { lock.release() }
        let store = try RecordingStore(path: path)
        if OwnProcess.isTerminal(2) {
            let line = ProgressOnTerminal()
            defer { line.close() }
            Terminal.complain("\(title); Ctrl-C ends it\n")
            store.retain(retention) { line.notice($0) }
            try await record(capture.sources, into: store, line)
        } else {
            let logger = logger
            logger.info("\(title)")
            let log = ProgressInLog(logger)
            store.retain(retention) { log.notice($0) }
            try await record(capture.sources, into: store, log)
            logger.info("recording ended")
        }
    }

    private func record(
        _ sources: sending RecorderSources, into store: sending RecordingStore,
        _ observer: any RecorderObserver
    ) async throws {
        let settings = RecorderSettings(
            intervalNanoseconds: interval * 1000, durationNanoseconds: duration.map { $0 * 1000 },
            dumpNanoseconds: dumpPeriod.map { $0 * 1000 }, eventShare: eventShare,
            uuid: UUID().uuidString.lowercased(), version: Version.text)
        let recorder = Recorder(
            settings: settings, clock: KernelClock(), sources: sources, sink: store,
            observer: observer)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(
                    service: recorder, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .cancelGroup)
            ], gracefulShutdownSignals: Self.endingSignals, logger: Self.quietLogger)
        configuration.maximumGracefulShutdownDuration = nil
        try await ServiceGroup(configuration: configuration).run()
    }

    private func makeFolder() throws {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        try FileSystem.makeFolders(String(path[..<slash]))
    }

    /// Log lines without a terminal.
    private var logger: Logger {
        let isJournal = OwnProcess.isJournal(2, stream: journalStream)
        return Logger(label: "socktape") { _ in LineLog(isJournal: isJournal) }
    }

    /// A terminal that goes away ends the recording as Ctrl-C does, but under nohup.
    private static var endingSignals: [UnixSignal] {
        OwnProcess.ignoresHangUp ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup]
    }

    /// The lifecycle's own messages say nothing to a person.
    private static var quietLogger: Logger {
        Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
    }
}
