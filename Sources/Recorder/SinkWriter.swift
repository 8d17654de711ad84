import Dispatch
import Model
import Synchronization

/// More waits for a file than may.
package struct BacklogOverrun: Error, CustomStringConvertible {
    var octets: Int

    /// One line, with the remedy.
    package var description: String {
        "cannot write: \(octets >> 20) MiB wait for a file that takes too little; try a faster disk, "
            + "or a larger --backlog"
    }
}

/// Writes a recording on a thread of its own, so that no write ever holds up an observation; keeps
/// what cannot be written, tries again until it can, and says what became of it.
final class SinkWriter: Sendable {
    /// What a recorder needs to know of the writing.
    struct Report {
        /// How long the last write took, µs.
        var writeMicroseconds: Int64?
        var fileBytes: Int64?
        var logBytes: Int64?
        /// The last sample that is in the file, µs on the axis.
        var writtenMicroseconds: Int64?
        /// About what waits.
        var backlogOctets = 0
        /// What began or ended since the last report.
        var events: [Event] = []
    }

    enum Event {
        /// Nothing can be written for now.
        case failing(reason: String)
        /// All that waited was written, but for what was folded.
        case recovered(reason: String, nanoseconds: Int64, folded: Backlog.Folded)
        /// Another file has to be begun.
        case lost(reason: String)
    }

    private struct State {
        var backlog: Backlog
        var report = Report()
        /// Whether the thread is at work, or will try again.
        var isBusy = false
        /// Since when writing fails, ns of the boot clock, and why.
        var failing: (since: Int64, reason: String, error: any Error)?
        /// Why nothing is written any more: the file is lost, of which an event tells whoever writes,
        /// or there is a defect.
        var over: (error: any Error, isLost: Bool)?
        var isAbandoned = false
        var end: (moment: Int64, reason: String)?
    }

    /// Why something waits that did not fail.
    private static let slow = "slow disk"
    /// Until a write that failed is tried again, s.
    private let patience: Double
    /// How long the end waits for a file that cannot be written, s.
    private let grace: Double

    private let clock: any RecorderClock
    private let queue = DispatchQueue(label: "socktape.writer", qos: .utility)
    private let finished = DispatchSemaphore(value: 0)
    private let abandoned = DispatchSemaphore(value: 0)
    private let state: Mutex<State>
    /// Only the queue's thread takes it, so that nobody ever waits for it.
    private let sink: Mutex<any RecordingSink>

    init(
        _ sink: sending any RecordingSink, clock: any RecorderClock, bound: Int,
        patience: Double = 1, grace: Double = 10
    ) {
        self.sink = Mutex(sink)
        self.clock = clock
        self.patience = patience
        self.grace = grace
        state = Mutex(State(backlog: Backlog(bound: bound)))
    }

    /// Begins the recording, at once.
    func begin(_ recording: RecordingRecord) throws -> NextIdentifiers {
        try queue.sync {
            let next = try sink.withLock { try $0.begin(recording) }
            let (bytes, log) = sink.withLock { ($0.fileBytes, $0.logBytes) }
            state.withLock { state in
                state.report.fileBytes = bytes
                state.report.logBytes = log
            }
            return next
        }
    }

    /// Takes what is to be written, and does not wait for it. Throws what no waiting mends.
    func write(_ sample: SampleRecord?, changes: consuming [Change]) throws {
        let entry = Backlog.Entry(sample: sample, changes: changes)
        let wakes = try state.withLock { state in
            if let over = state.over {
                if over.isLost { return false }
                throw over.error
            }
            state.backlog.append(entry)
            if state.backlog.isOverrun {
                let error = BacklogOverrun(octets: state.backlog.octets)
                lose(state.failing?.reason ?? Self.slow, error, &state)
                return false
            }
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if wakes { queue.async { self.writeAll() } }
    }

    /// How it goes, and what happened since this was last asked.
    func report() -> Report {
        state.withLock { state in
            defer { state.report.events.removeAll() }
            var report = state.report
            report.backlogOctets = state.backlog.octets
            return report
        }
    }

    /// Writes what waits and ends the recording. Throws where that cannot be done within the grace.
    func end(atMicroseconds moment: Int64, reason: String) throws {
        let wakes = state.withLock { state in
            state.end = (moment, reason)
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if wakes { queue.async { self.writeAll() } }
        while finished.wait(timeout: .now() + grace) == .timedOut {
            // What is slow gets its time; what fails has had it.
            try state.withLock { if let failing = $0.failing { throw failing.error } }
        }
        try state.withLock { if let over = $0.over { throw over.error } }
    }

    /// Gives the file up: ends the recording where it stands, if that can still be done. False as
    /// long as the file is at work; then to be asked again.
    func abandon(atMicroseconds moment: Int64, reason: String) -> Bool {
        let isFirst = state.withLock { state in
            state.backlog.removeAll()
            defer { state.isAbandoned = true }
            return !state.isAbandoned
        }
        if isFirst {
            queue.async {
                self.sink.withLock { sink in
                    try? sink.end(atMicroseconds: moment, reason: reason)
                    sink.release()
                }
                self.abandoned.signal()
            }
        }
        return abandoned.wait(timeout: .now() + 0.1) == .success
    }

    /// Samples that wait, for what is said when they cannot be written.
    var waitingSamples: Int { state.withLock { $0.backlog.samples } }

    // MARK: On the queue

    private func writeAll() {
        while let entry = next() {
            let started = clock.now().boot
            do {
                try sink.withLock { try $0.write(entry.sample, changes: entry.changes) }
            } catch {
                return fail(error, with: entry)
            }
            let (bytes, log) = sink.withLock { ($0.fileBytes, $0.logBytes) }
            let took = (clock.now().boot - started) / 1000
            state.withLock { state in
                state.report.writeMicroseconds = took
                state.report.fileBytes = bytes ?? state.report.fileBytes
                state.report.logBytes = log
                if let sample = entry.sample {
                    state.report.writtenMicroseconds = sample.sampledMicroseconds
                }
            }
        }
        guard let end = state.withLock({ $0.end }) else { return }
        do {
            if state.withLock({ $0.over == nil }) {
                try sink.withLock {
                    try $0.end(atMicroseconds: end.moment, reason: end.reason)
                }
            }
            finished.signal()
        } catch {
            fail(error, with: nil)
        }
    }

    /// The oldest that waits; nil, and what failed is over, where nothing does.
    private func next() -> Backlog.Entry? {
        state.withLock { state in
            guard state.over == nil else { return nil }
            if let entry = state.backlog.takeFirst() { return entry }
            recover(&state)
            state.isBusy = state.end != nil
            return nil
        }
    }

    private func recover(_ state: inout State) {
        let folded = state.backlog.takeFolded()
        guard state.failing != nil || folded != Backlog.Folded() else { return }
        let since = state.failing?.since ?? clock.now().boot
        state.report.events.append(
            .recovered(
                reason: state.failing?.reason ?? Self.slow,
                nanoseconds: clock.now().boot - since, folded: folded))
        state.failing = nil
    }

    /// Tries again later what was not written; nothing, where that is of no use.
    private func fail(_ error: any Error, with entry: Backlog.Entry?) {
        let trouble = sink.withLock { $0.trouble(error) }
        let isOver = state.withLock { state in
            switch trouble {
            case .passing(let reason):
                if state.failing?.reason != reason {
                    state.report.events.append(.failing(reason: reason))
                }
                state.failing = (state.failing?.since ?? clock.now().boot, reason, error)
                if let entry { state.backlog.putBack(entry) }
            case .lost(let reason): lose(reason, error, &state)
            case .final: state.over = (error, isLost: false)
            }
            return state.over != nil
        }
        if isOver {
            finished.signal()
        } else {
            queue.asyncAfter(deadline: .now() + patience) { self.writeAll() }
        }
    }

    private func lose(_ reason: String, _ error: any Error, _ state: inout State) {
        state.backlog.removeAll()
        state.over = (error, isLost: true)
        state.report.events.append(.lost(reason: reason))
    }
}
