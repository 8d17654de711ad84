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
            utcOffset: surroundings.utcOffset)
    }

    /// The range that was asked for, on the axis; the latest recording's when none was.
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
        return range
    }

    /// A time on the axis. The recording's own ends are known there; the clock may have shown them
    /// twice.
    func axis(_ wall: Int64, _ typed: TimeExpression) -> Int64 {
        switch (typed, session.timeline.recordings.last) {
        case (.anchored(.start, let offset), let latest?): return latest.started + offset
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
        let recordings = session.timeline.recordings
        guard let first = recordings.first, let last = recordings.map(\.last).max() else {
            return "nothing"
        }
        let span =
            "\(text(session.timeline.wall(first.started))) to "
            + text(session.timeline.wall(last))
        return recordings.count == 1 ? span : span + " in \(recordings.count) recordings"
    }
}
