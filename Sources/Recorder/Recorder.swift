import Ledger
import Model
import ServiceLifecycle

/// What a recorder is asked to do.
package struct RecorderSettings: Sendable {
    /// From sample to sample, ns.
    package var intervalNanoseconds: Int64
    /// After which the recording ends, ns; nil: when it is told to.
    package var durationNanoseconds: Int64?
    /// A new random name of the recording.
    package var uuid: String
    /// The program's version.
    package var version: String

    package init(
        intervalNanoseconds: Int64, durationNanoseconds: Int64?, uuid: String, version: String
    ) {
        self.intervalNanoseconds = intervalNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.uuid = uuid
        self.version = version
    }
}

/// Takes samples on schedule and moves what they show from the sources, through the ledger, to the
/// sink. Ends on graceful shutdown or after its duration, with a last sample.
package actor Recorder: Service {
    let settings: RecorderSettings
    let clock: any RecorderClock
    let tcp: any TCPSource
    let host: any HostSource
    let sink: any RecordingSink
    let observer: any RecorderObserver
    /// Why `tcp` is not the best source, if it is not.
    let fallbackReason: String?

    /// Everything that lives as long as the recording.
    struct Session {
        var axis: TimeAxis
        var ledger: ConnectionLedger
        var hostWatch: HostWatch
        var clockWatch: ClockWatch
        var sources: SourceLog
        var schedule: Schedule
        var nextSample: Int64
        var baseline: KernelCounters
        var counters: KernelCounters
        var lastSampled: Int64
        var lastBoot: Int64
        var progress = RecorderProgress()
        var pending: [Change] = []
        var lastWrite: Int64?
        var notes: Set<SourceNote> = []
    }

    package init(
        settings: RecorderSettings, clock: any RecorderClock, tcp: sending any TCPSource,
        fallbackReason: String?, host: sending any HostSource, sink: sending any RecordingSink,
        observer: any RecorderObserver
    ) {
        self.settings = settings
        self.clock = clock
        self.tcp = tcp
        self.fallbackReason = fallbackReason
        self.host = host
        self.sink = sink
        self.observer = observer
    }

    /// Records until the end; throws what the sink throws.
    package func run() async throws {
        var session = try begin()
        let start = session.schedule.start
        let end = settings.durationNanoseconds.map { start + $0 }
        repeat {
            try takeSample(&session)
            let skipped = session.schedule.advance(after: clock.now().boot)
            noteSkipped(skipped, &session)
        } while await wait(for: session.schedule.due, end: end)
        try takeSample(&session, isLast: true)
        try finish(&session)
    }

    /// True when the next sample is due; false when the recording is over.
    private func wait(for due: Int64, end: Int64?) async -> Bool {
        let clock = clock
        let wake = min(due, end ?? .max)
        do {
            try await cancelWhenGracefulShutdown { try await clock.sleep(untilBoot: wake) }
        } catch {
            return false
        }
        return wake == due && due < end ?? .max && !Task.isShuttingDownGracefully
    }

    private func begin() throws -> Session {
        // Counters first: what opens from here on is counted by the kernel and by us.
        let counters = host.counters()
        let reading = clock.now()
        let axis = TimeAxis(reading)
        let started = axis.microseconds(reading.boot)
        let facts = host.facts
        let next = try sink.begin(
            RecordingRecord(
                uuid: settings.uuid, host: facts.hostname, bootID: facts.bootID,
                kernel: facts.kernelRelease, version: settings.version,
                intervalMicroseconds: settings.intervalNanoseconds / 1000,
                startedMicroseconds: started))
        let netns = facts.netnsCookie ?? 0
        var session = Session(
            axis: axis, ledger: ConnectionLedger(netns: netns, next: next),
            hostWatch: HostWatch(
                host: host, axis: axis, netns: netns, next: next,
                intervalNanoseconds: settings.intervalNanoseconds),
            clockWatch: ClockWatch(reading), sources: SourceLog(nextID: next.source),
            schedule: Schedule(
                start: reading.boot, interval: settings.intervalNanoseconds,
                spread: facts.jiffyMicroseconds * 1000),
            nextSample: next.sample, baseline: counters, counters: counters,
            lastSampled: started, lastBoot: reading.boot)
        session.pending.append(
            .namespace(
                NamespaceRecord(
                    netns: netns, inode: facts.netnsInode, name: nil, firstSeen: started)))
        session.sources.note(tcp.name, reason: fallbackReason, at: started)
        session.sources.note("schedule", reason: nil, at: started)
        if let fallbackReason { observer.notice(fallbackReason) }
        return session
    }

    private func finish(_ session: inout Session) throws {
        let changes =
            session.ledger.flush() + session.sources.takeChanges(all: true)
            + session.pending
        try sink.write(nil, changes: changes)
        try sink.end(atMicroseconds: session.axis.microseconds(clock.now().boot), reason: "stopped")
    }

    private func noteSkipped(_ skipped: Int64, _ session: inout Session) {
        guard skipped > 0 else { return }
        session.progress.skippedTicks += skipped
        session.sources.count("schedule", events: 0, lost: skipped)
    }
}
