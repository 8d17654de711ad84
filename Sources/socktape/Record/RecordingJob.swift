import Expressions
import FoundationEssentials
import Kernel
import Logging
import Model
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
    /// What waits for a file that takes nothing, octets.
    let backlog: Int64
    /// What of the file stays.
    let retention: RetentionPolicy
    let environment: [String: String]

    func run() async throws {
        OwnProcess.returnLargeBlocks()
        if isDefaultPath { try makeFolder() }
        let capture = try Capture(capture, namespaces)
        let title = "recording into \(SafeText.visible(path)) by \(capture.name)"
        let file = try HeldFile(path)
        try OwnProcess.keepRecordersPrivileges(
            enteringNamespaces: namespaces == .all, writing: path,
            needsBPF: capture.changesMapsAsOwner)
        if OwnProcess.isTerminal(2) {
            let line = ProgressOnTerminal()
            defer { line.close() }
            Terminal.complain("\(title); Ctrl-C ends it\n")
            file.retain(retention, telling: line)
            try await record(capture.sources, into: file, line)
        } else {
            let logger = logger
            logger.info("\(title)")
            let log = ProgressInLog(logger)
            file.retain(retention, telling: log)
            let manager = ServiceManager(environment: environment)
            let observer: any RecorderObserver =
                manager.map { SupervisedProgress(log, $0) } ?? log
            try await record(capture.sources, into: file, observer)
            logger.info("recording ended")
        }
    }

    private func record(
        _ sources: sending RecorderSources, into file: sending HeldFile,
        _ observer: any RecorderObserver
    ) async throws {
        var settings = RecorderSettings(
            intervalNanoseconds: interval * 1000, durationNanoseconds: duration.map { $0 * 1000 },
            dumpNanoseconds: dumpPeriod.map { $0 * 1000 }, eventShare: eventShare,
            uuid: { UUID().uuidString.lowercased() }, version: Version.text)
        settings.backlogOctets = Int(backlog)
        let (path, retention) = (path, retention)
        let recorder = Recorder(
            settings: settings, clock: KernelClock(), sources: sources, sink: file,
            observer: observer,
            reopen: {
                let file = try HeldFile(path)
                file.retain(retention, telling: observer)
                return file
            })
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
        let isJournal = OwnProcess.isJournal(2, stream: environment["JOURNAL_STREAM"])
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
