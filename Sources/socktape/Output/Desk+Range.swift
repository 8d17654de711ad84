import Expressions
import Model
import Queries
import Rendering

extension Desk {
    /// What typed times are understood against: the latest recording.
    func timeContext() throws -> TimeContext {
        guard let latest = session.timeline.recordings.last else {
            throw Failure(
                .nothingRecorded,
                "cannot answer: the file holds no recording yet; "
                    + "try again after 'socktape record'")
        }
        return TimeContext(
            first: session.timeline.wall(latest.started), last: session.timeline.wall(latest.last),
            shown: session.timeline.shown(during: latest), now: surroundings.now(),
            start: session.timeline.wall(latest.detailed),
            utcOffset: surroundings.utcOffset)
    }

    /// The range that was asked for, on the axis; the latest recording's when none was. Where its
    /// details were pruned it begins after them, and that is said, whoever reads.
    func range(_ options: RangeOptions) throws -> AxisRange {
        let context = try timeContext()
        let typed = try TimeRange(since: options.since, until: options.until, in: context)
        let range = AxisRange(
            since: axis(typed.since, try TimeExpression(options.since ?? "start")),
            until: axis(typed.until, try TimeExpression(options.until ?? "end")))
        guard session.timeline.holds(range) else {
            throw Failure(
                .nothingRecorded,
                "cannot answer: nothing was recorded from "
                    + "\(text(typed.since)) to \(text(typed.until)); the file holds "
                    + "\(try held()); try a range within")
        }
        return try detailed(range, isOpen: options.since == nil)
    }

    /// The part of a range of which details are there. An open one begins with its recording.
    private func detailed(_ range: AxisRange, isOpen: Bool) throws -> AxisRange {
        var wanted = range
        if isOpen, let latest = session.timeline.recordings.last {
            wanted.since = min(range.since, latest.started)
        }
        guard let pruned = session.timeline.pruned(wanted) else { return range }
        let rest = AxisRange(since: max(range.since, pruned), until: range.until)
        guard session.timeline.details(rest) else { throw prunedFailure(pruned) }
        if !page.showsSQL {
            try page.warn(Self.prunedSentence(text(session.timeline.wall(pruned))))
        }
        return rest
    }

    private static func prunedSentence(_ moment: String) -> String {
        "details before \(moment) were pruned, and this tells of what came after; "
            + "'socktape sql' on the views hourly_connections, hourly_lifetimes and the other "
            + "hourly_* has their hours"
    }

    /// Nothing but hours is left of what was asked for.
    func prunedFailure(_ moment: Int64) -> Failure {
        let held = (try? held()) ?? "nothing"
        return Failure(
            .nothingRecorded,
            "cannot answer: details before \(text(session.timeline.wall(moment))) were pruned; the "
                + "file holds \(held); try a range within, or 'socktape sql' on the views "
                + "hourly_connections and the other hourly_*, which have the hours")
    }

    /// A time on the axis. The recording's own ends are known there; the clock may have shown them
    /// twice.
    func axis(_ wall: Int64, _ typed: TimeExpression) -> Int64 {
        switch (typed, session.timeline.recordings.last) {
        case (.anchored(.start, let offset), let latest?): return latest.detailed + offset
        case (.anchored(.end, let offset), let latest?): return latest.last + offset
        default: return session.timeline.axis(wall)
        }
    }

    /// A moment by local clocks, to the second, for messages.
    func text(_ wall: Int64) -> String {
        String(HumanText.moment(wall, utcOffset: surroundings.utcOffset).prefix(19))
    }

    /// From when to when the file reaches, in words.
    func held() throws -> String {
        let recordings = session.timeline.recordings.filter { $0.detailed <= $0.last }
        guard let first = recordings.first, let last = recordings.map(\.last).max() else {
            return "nothing"
        }
        let span =
            "\(text(session.timeline.wall(first.detailed))) to "
            + text(session.timeline.wall(last))
        return recordings.count == 1 ? span : span + " in \(recordings.count) recordings"
    }
}
