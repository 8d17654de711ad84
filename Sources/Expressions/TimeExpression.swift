package import Model

/// A moment as people type it, before it is known which recording it is about.
package enum TimeExpression: Hashable, Sendable {
    /// `now`, `start` or `end`, perhaps with an offset in µs: `end-2h`. `2h ago` is `now-2h`.
    case anchored(Anchor, offset: Int64)
    /// A time of day, µs since midnight: its latest occurrence inside the recording.
    case clock(Int64)
    /// A time of day so many days from today, by the local calendar.
    case day(Int, timeOfDay: Int64)
    /// A local date and time.
    case local(CivilTime)
    /// A moment, µs since 1970.
    case absolute(Int64)

    /// What an offset counts from.
    package enum Anchor: String, Hashable, Sendable, CaseIterable {
        case now
        case start
        case end
    }

    /// What is accepted, for messages and help.
    package static let accepted =
        "03:12, 'yesterday 22:00', '2h ago', 2026-11-23T03:12:00Z, Unix seconds, now, start or end"

    /// Reads a time; says what is accepted when it cannot.
    package init(_ text: String) throws(ExpressionError) {
        var parser = TimeParser(text)
        self = try parser.parse()
    }
}

extension TimeExpression {
    /// The moment, µs since 1970. A time of day that the recording does not hold is refused, or,
    /// if `outside` is true, understood as the one nearest to the recording.
    package func resolve(
        in context: TimeContext, allowingOutside outside: Bool = false
    ) throws(ExpressionError) -> Int64 {
        switch self {
        case .anchored(.now, let offset): context.now + offset
        case .anchored(.start, let offset): context.start + offset
        case .anchored(.end, let offset): context.last + offset
        case .absolute(let moment): moment
        case .local(let time): try Self.only(context.moments(of: time), in: context)
        case .day(let days, let timeOfDay):
            try Self.only(
                context.moments(
                    of: Self.day(days, timeOfDay, from: context.local(context.now))),
                in: context)
        case .clock(let timeOfDay):
            try Self.occurrence(of: timeOfDay, in: context, allowingOutside: outside)
        }
    }

    private static func day(_ days: Int, _ timeOfDay: Int64, from date: CivilTime) -> CivilTime {
        var time = CivilTime(microseconds: date.microseconds + Int64(days) * CivilTime.day)
        time.microsecondOfDay = timeOfDay
        return time
    }

    private static func occurrence(
        of timeOfDay: Int64, in context: TimeContext, allowingOutside outside: Bool
    ) throws(ExpressionError) -> Int64 {
        func moments(near moment: Int64) -> [Int64] {
            let date = context.local(moment)
            return (-1...1).flatMap { context.moments(of: day($0, timeOfDay, from: date)) }
        }
        // The clock may have gone back: the latest is in the last stretch that showed it.
        for stretch in context.shown.reversed() {
            let candidates = moments(near: stretch.lowerBound) + moments(near: stretch.upperBound)
            let inside = candidates.filter { stretch.contains($0) }
            guard let latest = inside.max() else { continue }
            let shown = context.local(latest)
            return try only(Set(inside).filter { context.local($0) == shown }, in: context)
        }
        let span = context.span
        let candidates = moments(near: span.lowerBound) + moments(near: span.upperBound)
        let distance = { (moment: Int64) in
            max(span.lowerBound - moment, moment - span.upperBound)
        }
        guard outside, let nearest = candidates.min(by: { distance($0) < distance($1) }) else {
            throw notRecorded(timeOfDay, in: context)
        }
        return nearest
    }

    /// The moment that is meant by what local clocks showed, perhaps twice: the one within the
    /// recording, if only one is.
    private static func only(
        _ moments: some Sequence<Int64>, in context: TimeContext
    ) throws(ExpressionError) -> Int64 {
        let moments = moments.sorted()
        let inside = moments.filter(context.holds)
        let candidates = inside.isEmpty ? moments : inside
        guard candidates.count == 1 else {
            throw ExpressionError(
                cannotRead: "time", context.local(moments[0]).text(fractionDigits: 0),
                because: "clocks went back and showed it twice",
                try: candidates.map { context.iso8601($0) }.joined(separator: " or "))
        }
        return candidates[0]
    }

    private static func notRecorded(_ timeOfDay: Int64, in context: TimeContext) -> ExpressionError
    {
        let clock = CivilTime(microseconds: timeOfDay).text(fractionDigits: 0).suffix(8)
        let span = [context.span.lowerBound, context.span.upperBound].map {
            context.local($0).text(fractionDigits: 0)
        }
        return ExpressionError(
            .outsideRecording, cannotRead: "time", clock,
            because: "the recording runs from \(span[0]) to \(span[1])",
            try: "a time between them, start or end")
    }
}
