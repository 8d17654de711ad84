import Model
import Store

/// What `CoverageQuery` tells in all, and when what is missing was missed, in one pass over the
/// samples: every report ends with it.
package struct CoverageCount: Sendable {
    private static let sql = """
        SELECT s.recording_id, n.netns, s.sampled_us, n.active_opens, n.passive_opens,
          n.active_recorded, n.passive_recorded, n.unattributed
        FROM sample AS s JOIN namespace_sample AS n ON n.sample_id = s.sample_id
        ORDER BY n.sample_id, n.netns
        """

    /// A step from one reading of the counters to the next.
    private struct Step {
        var from: Int64
        var until: Int64
        var active: Int64?
        var passive: Int64?
        var recordedActive: Int64
        var recordedPassive: Int64
        var unattributed: Int64
    }

    private struct Space: Hashable {
        var recording: Int64
        var netns: Int64
    }

    /// A namespace as far as it was read.
    private struct Course {
        var reading: (moment: Int64, active: Int64, passive: Int64)?
        /// Recorded since that reading.
        var active: Int64 = 0
        var passive: Int64 = 0
        var unattributed: Int64 = 0
        /// The last sample, read or not.
        var sampled: Int64?
        var steps: [Step] = []
        /// Whether a stretch between two samples lies in the range.
        var isMet = false
    }

    /// Counted by the kernel and recorded, by direction; nil where no counters were read.
    package private(set) var active: (counted: Int64, recorded: Int64)?
    package private(set) var passive: (counted: Int64, recorded: Int64)?
    package private(set) var together: (counted: Int64, recorded: Int64)?
    /// Namespaces whose counters were never read.
    package private(set) var unread: Int64 = 0
    /// When what is missing was missed, on the axis.
    package private(set) var missing: [(from: Int64, until: Int64, number: Int64)] = []

    private let range: AxisRange

    /// Counts the steps of a range; where a bound cuts one, it belongs to the range.
    package init(_ session: Session, _ range: AxisRange) throws {
        self.range = range
        var courses: [Space: Course] = [:]
        try session.translating {
            try NumberScan(session.database, Self.sql).rows { row in
                guard let recording = row[0], let netns = row[1], let moment = row.plain(2) else {
                    return
                }
                let space = Space(recording: recording, netns: netns)
                add(row, at: moment, to: &courses[space, default: Course()])
            }
        }
        for course in courses.values { count(course) }
        missing.sort { ($0.until, $0.from) < ($1.until, $1.from) }
    }

    private func add(
        _ numbers: NumberScan.Row, at moment: Int64, to course: inout Course
    ) {
        if let last = course.sampled, isMet(last, moment) { course.isMet = true }
        course.sampled = moment
        course.active += numbers.plain(5) ?? 0
        course.passive += numbers.plain(6) ?? 0
        course.unattributed += numbers.plain(7) ?? 0
        guard let active = numbers.plain(3), let passive = numbers.plain(4) else { return }
        defer {
            course.reading = (moment, active, passive)
            (course.active, course.passive, course.unattributed) = (0, 0, 0)
        }
        guard let last = course.reading, isMet(last.moment, moment) else { return }
        course.steps.append(
            Step(
                from: last.moment, until: moment,
                active: active >= last.active ? active - last.active : nil,
                passive: passive >= last.passive ? passive - last.passive : nil,
                recordedActive: course.active, recordedPassive: course.passive,
                unattributed: course.unattributed))
    }

    private func isMet(_ from: Int64, _ until: Int64) -> Bool {
        until > range.since && from < range.until
    }

    private mutating func count(_ course: Course) {
        var isRead = false
        var run: Int64?
        let runs = course.steps.map { step -> Int64? in
            guard let counted = step.active, let accepted = step.passive else { return run }
            isRead = true
            let recorded = step.recordedActive + step.recordedPassive + step.unattributed
            Self.add(counted, step.recordedActive, to: &active)
            Self.add(accepted, step.recordedPassive, to: &passive)
            Self.add(counted + accepted, recorded, to: &together)
            run = (run ?? 0) + counted + accepted - recorded
            return run
        }
        let hasSteps = course.reading == nil ? course.isMet : !course.steps.isEmpty
        if hasSteps, !isRead { unread += 1 }
        explain(course.steps, runs)
    }

    /// A step that only ran ahead of its counters is made good by a later one: what is missing for
    /// good is the least that was missing from then on.
    private mutating func explain(_ steps: [Step], _ runs: [Int64?]) {
        var least = Int64.max
        var kept = runs
        for index in runs.indices.reversed() {
            least = min(least, runs[index] ?? .max)
            kept[index] = least == .max ? nil : max(0, least)
        }
        var before: Int64 = 0
        for (step, kept) in zip(steps, kept) {
            guard let kept else { continue }
            if kept > before { missing.append((step.from, step.until, kept - before)) }
            before = kept
        }
    }

    private static func add(
        _ counted: Int64, _ recorded: Int64, to sum: inout (counted: Int64, recorded: Int64)?
    ) {
        sum = ((sum?.counted ?? 0) + counted, (sum?.recorded ?? 0) + recorded)
    }
}
