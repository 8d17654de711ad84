import Ledger
import Model
import ServiceLifecycle

/// Takes samples on schedule and moves what sources tell, through the ledgers, to the sink. Ends
/// on graceful shutdown or after its duration, with a last sample.
package actor Recorder: Service {
    /// What comes by itself is taken this often, ns.
    static let pumpInterval: Int64 = 100_000_000
    /// Longest time without a sign of life, ns.
    private static let pulseInterval: Int64 = 5_000_000_000

    let settings: RecorderSettings
    let clock: any RecorderClock
    let sources: RecorderSources
    let observer: any RecorderObserver
    /// Where the first recording goes.
    private let firstWriter: SinkWriter
    /// Opens the path anew where what was opened there is lost.
    let reopen: @Sendable () throws -> sending any RecordingSink

    /// Everything that lives as long as the recording.
    struct Session {
        let writer: SinkWriter
        var axis: TimeAxis
        var numbering: Numbering
        /// The recorded namespaces, the one that the recording is about first.
        private(set) var spaces: [Space] = []
        private var byCookie: [UInt64: Space] = [:]
        var hostWatch: HostWatch
        var clockWatch: ClockWatch
        var sources: SourceLog
        var schedule: Schedule
        var budget: EventBudget
        var nextSample: Int64
        /// When the recording began, µs on its axis.
        let started: Int64
        /// The last tick that was attended to, sampled or not, and the end of the last sample's dump,
        /// µs on the axis.
        var lastTick: Int64
        var lastSampled: Int64
        /// When events were taken last, ns of the boot clock.
        var lastPump: Int64
        var lostEvents: UInt64 = 0
        /// When the cost of events is looked at next, ns of the boot clock.
        var budgetDue: Int64 = .min
        var detail = EventDetail.full
        /// What the recording tells of, that it is dumped rarely.
        var spaced: Set<String> = []
        /// Whether events may not have told all since the last dump.
        var isUntold = true
        /// When namespaces are looked for next, ns of the boot clock.
        var scanDue: Int64 = .min
        var progress = RecorderProgress()
        var pending: [Change] = []
        /// The log's size at which a person is told of it next, octets.
        var notedLog: Int64 = 256 << 20
        /// Why the file is lost: then another one has to be begun.
        var lost: String?
        var notes: Set<SourceNote> = []

        var own: Space { spaces[0] }

        /// The namespace with this cookie, if it is recorded.
        func space(_ netns: UInt64) -> Space? {
            if let own = spaces.first, own.netns == netns { return own }
            return byCookie[netns]
        }

        mutating func open(_ space: Space) {
            spaces.append(space)
            byCookie[space.netns] = space
        }

        mutating func close(_ space: Space) {
            spaces.removeAll { $0 === space }
            byCookie[space.netns] = nil
        }

        init(
            writer: SinkWriter, axis: TimeAxis, numbering: Numbering, hostWatch: HostWatch,
            clockWatch: ClockWatch,
            sources: SourceLog, schedule: Schedule, budget: EventBudget, nextSample: Int64,
            start: ClockReading
        ) {
            self.writer = writer
            self.axis = axis
            self.numbering = numbering
            self.hostWatch = hostWatch
            self.clockWatch = clockWatch
            self.sources = sources
            self.schedule = schedule
            self.budget = budget
            self.nextSample = nextSample
            started = axis.microseconds(start.boot)
            lastTick = started
            lastSampled = started
            lastPump = start.boot
        }
    }

    /// `reopen` opens another sink where the first is lost: its file was removed, or is damaged.
    package init(
        settings: RecorderSettings, clock: any RecorderClock, sources: sending RecorderSources,
        sink: sending any RecordingSink, observer: any RecorderObserver,
        reopen: @escaping @Sendable () throws -> sending any RecordingSink
    ) {
        self.settings = settings
        self.clock = clock
        self.sources = sources
        firstWriter = SinkWriter(sink, clock: clock, bound: settings.backlogOctets)
        self.reopen = reopen
        self.observer = observer
    }

    /// Records until the end; throws what the sink throws.
    package func run() async throws {
        var session = try begin(firstWriter)
        let end = settings.durationNanoseconds.map { session.schedule.start + $0 }
        repeat {
            if session.lost != nil { beginAnew(&session) }
            if session.lost == nil { try attend(&session) }
            let skipped = session.schedule.advance(after: clock.now().boot)
            noteSkipped(skipped, &session)
        } while await wait(for: session.schedule.due, end: end, &session)
        if session.lost == nil { try takeSample(&session, isLast: true) }
        try finish(&session)
    }

    /// Takes a sample, unless it would tell nothing: that is no gap, and `sources` says how rarely
    /// dumps come.
    private func attend(_ session: inout Session) throws {
        if isWorthSampling(session) {
            try takeSample(&session)
        } else {
            session.lastTick = session.axis.microseconds(clock.now().boot)
        }
    }

    /// True when the next sample is due; false when the recording is over. Meanwhile takes what
    /// comes by itself.
    private func wait(for due: Int64, end: Int64?, _ session: inout Session) async -> Bool {
        let clock = clock
        let last = min(due, end ?? .max)
        while true {
            let pause = hearsAnything(session) ? Self.pumpInterval : Self.pulseInterval
            let wake = min(last, clock.now().boot + pause)
            do {
                try await cancelWhenGracefulShutdown { try await clock.sleep(untilBoot: wake) }
            } catch {
                return false
            }
            if Task.isShuttingDownGracefully { return false }
            if wake == last { return last == due && due < end ?? .max }
            observer.pulse()
            if session.lost == nil { pump(&session) } else { discard() }
        }
    }

    private func hearsAnything(_ session: Session) -> Bool {
        sources.transitions != nil || session.spaces.contains { $0.closes != nil }
    }

    private func finish(_ session: inout Session) throws {
        let flushed = session.spaces.flatMap { $0.ledger.flush() }
        let changes = flushed + session.sources.takeChanges(all: true) + session.pending
        let moment = session.axis.microseconds(clock.now().boot)
        try session.writer.write(nil, changes: changes)
        do {
            try session.writer.end(atMicroseconds: moment, reason: "stopped")
        } catch {
            let waiting = session.writer.waitingSamples
            if waiting > 0 { observer.notice("\(waiting) samples could not be written") }
            throw error
        }
    }

    private func noteSkipped(_ skipped: Int64, _ session: inout Session) {
        guard skipped > 0 else { return }
        session.progress.skippedTicks += skipped
        session.sources.count("schedule", events: 0, lost: skipped)
    }
}
