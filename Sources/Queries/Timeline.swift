import Model

/// The recordings' axes against the wall clock: how far the clock had stepped at each moment.
package struct Timeline: Sendable {
    /// A recording on the axis.
    package struct Recording: Hashable, Sendable {
        package var id: Int64
        /// Both on the axis, µs.
        package var started: Int64
        package var last: Int64
        /// Details before this moment were pruned; nil: none were.
        package var pruned: Int64?

        /// From when on its details are there.
        package var detailed: Int64 { max(started, pruned ?? started) }
    }

    private struct Step {
        var recording: Int64
        var at: Int64
        /// Until when it holds: the next step, or the recording's end.
        var until: Int64
        /// Wall clock less axis from there on, µs.
        var total: Int64
    }

    /// Every recording, the oldest first.
    package let recordings: [Recording]
    private let steps: [Step]
    /// Whether no clock stepped.
    private let isPlain: Bool
    /// What can be a moment, µs; a prepared file may hold others.
    private static let moments: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

    init(recordings: [Recording], steps: [(recording: Int64, at: Int64, offset: Int64)]) {
        self.recordings = recordings
        var all: [Step] = []
        for recording in recordings {
            // A recording's axis begins at the wall clock anew.
            var next = Step(
                recording: recording.id, at: recording.started, until: recording.last, total: 0)
            for step in steps where step.recording == recording.id {
                if step.at > next.at {
                    all.append(next)
                    all[all.count - 1].until = min(step.at - 1, recording.last)
                }
                next.at = max(next.at, step.at)
                next.total &+= step.offset
            }
            all.append(next)
        }
        self.steps = all
        isPlain = steps.isEmpty
    }

    private static let stepsSQL =
        "SELECT recording_id, at_us, offset_us FROM clock_steps ORDER BY recording_id, at_us"

    init(_ session: Session) throws {
        let question = RecordingsQuery.axis
        let recordings = try session.all(question).compactMap { row -> Recording? in
            guard case .integer(let id) = row[0], case .integer(let started) = row[1],
                case .integer(let last) = row[2], Self.moments.contains(started),
                Self.moments.contains(last)
            else { return nil }
            var recording = Recording(id: id, started: started, last: last)
            if case .integer(let pruned) = row[3], Self.moments.contains(pruned) {
                recording.pruned = pruned
            }
            return recording
        }
        let steps = try session.all(
            Question(
                Self.stepsSQL,
                columns: [Column("recording_id"), Column("at_us"), Column("offset_us")])
        ).compactMap { row -> (recording: Int64, at: Int64, offset: Int64)? in
            guard case .integer(let recording) = row[0], case .integer(let at) = row[1],
                case .integer(let offset) = row[2], Self.moments.contains(at),
                Self.moments.contains(offset)
            else { return nil }
            return (recording, at, offset)
        }
        self.init(recordings: recordings, steps: steps)
    }

    /// Whether any recording was running within the range.
    package func holds(_ range: AxisRange) -> Bool {
        recordings.contains { $0.started <= range.until && range.since <= $0.last }
    }

    /// Whether details of the range are there.
    package func details(_ range: AxisRange) -> Bool {
        recordings.contains {
            $0.detailed <= min(range.until, $0.last) && range.since <= $0.last
        }
    }

    /// Until when details of the range were pruned; nil: all that it had are there.
    package func pruned(_ range: AxisRange) -> Int64? {
        recordings.filter { $0.started <= range.until }.compactMap(\.pruned)
            .filter { $0 > range.since }.max()
    }

    /// The wall clock at a moment of the axis, µs since 1970.
    package func wall(_ axis: Int64) -> Int64 {
        axis &+ (steps.last { $0.at <= axis }?.total ?? 0)
    }

    /// What the wall clock showed while a recording ran, stretch by stretch.
    package func shown(during recording: Recording) -> [ClosedRange<Int64>] {
        steps.filter { $0.recording == recording.id && $0.at <= $0.until }
            .map { ($0.at &+ $0.total)...($0.until &+ $0.total) }
    }

    /// The wall clock of a cell that holds a moment of the axis.
    func wall(_ cell: Cell) -> Cell {
        guard case .integer(let moment) = cell, !isPlain else { return cell }
        return .integer(wall(moment))
    }

    /// The latest moment of the axis at which the wall clock showed this.
    package func axis(_ wall: Int64) -> Int64 {
        guard !isPlain else { return wall }
        for step in steps.reversed() {
            let candidate = wall &- step.total
            if step.at <= candidate, candidate <= step.until { return candidate }
        }
        // No clock of a recording showed it.
        for (index, step) in steps.enumerated().reversed() {
            let candidate = wall &- step.total
            let end = index + 1 < steps.count ? steps[index + 1].at : Int64.max
            if candidate >= step.at, candidate < end { return candidate }
            // A time that the clock skipped: the moment of the skip.
            if candidate >= end { return end }
        }
        return wall &- (steps.first?.total ?? 0)
    }
}
