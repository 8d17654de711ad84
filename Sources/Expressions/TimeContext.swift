package import Model

/// What a time that a person typed is understood against. All times are µs since 1970, UTC.
package struct TimeContext: Sendable {
    /// The recording's first moment.
    package var first: Int64
    /// What `start` means: the first moment of which details are there.
    package var start: Int64
    /// The recording's last moment.
    package var last: Int64
    /// What the host's clock showed while it was recorded, stretch by stretch: it may have stepped.
    package var shown: [ClosedRange<Int64>] {
        stretches.isEmpty ? [min(first, last)...max(first, last)] : stretches
    }
    private var stretches: [ClosedRange<Int64>]
    /// The present.
    package var now: Int64
    /// Local time less UTC, seconds, at a moment given as seconds since 1970.
    package var utcOffset: @Sendable (_ epochSeconds: Int64) -> Int

    package init(
        first: Int64, last: Int64, shown: [ClosedRange<Int64>] = [], now: Int64,
        start: Int64? = nil,
        utcOffset: @escaping @Sendable (_ epochSeconds: Int64) -> Int
    ) {
        self.first = Self.clamp(first)
        self.start = Self.clamp(start ?? first)
        self.last = Self.clamp(last)
        stretches = shown.map { Self.clamp($0.lowerBound)...Self.clamp($0.upperBound) }
        self.now = Self.clamp(now)
        self.utcOffset = utcOffset
    }

    /// Keeps a damaged recording's times within the calendar, years 1 to 9998.
    private static func clamp(_ moment: Int64) -> Int64 {
        max(-62_135_596_800_000_000 + CivilTime.day, min(253_370_764_800_000_000, moment))
    }

    /// The earliest and the latest time that the host's clock showed.
    var span: ClosedRange<Int64> {
        (shown.map(\.lowerBound).min() ?? first)...(shown.map(\.upperBound).max() ?? last)
    }

    /// Leaves away what the host's clock showed later, unless it is all.
    package mutating func narrow(until moment: Int64) {
        let before = shown.filter { $0.lowerBound <= moment }
            .map { $0.lowerBound...min($0.upperBound, moment) }
        if !before.isEmpty { stretches = before }
    }

    /// Whether the host's clock showed it.
    func holds(_ moment: Int64) -> Bool { shown.contains { $0.contains(moment) } }

    /// The local date and time of a moment.
    package func local(_ moment: Int64) -> CivilTime {
        CivilTime(microseconds: moment + offset(at: moment))
    }

    /// The moments at which local clocks show this: two when clocks went back, else one. Where
    /// clocks skipped it, the moment that would have shown it had they not.
    package func moments(of local: CivilTime) -> [Int64] {
        let shown = local.microseconds
        let before = offset(at: shown - CivilTime.day)
        let after = offset(at: shown + CivilTime.day)
        let candidates = before == after ? [shown - before] : [shown - before, shown - after]
        let real = candidates.filter { $0 + offset(at: $0) == shown }
        return real.isEmpty ? [shown - before] : real.sorted()
    }

    /// A moment by local clocks with their zone, as it can be typed: `2026-10-25T02:30:00+01:00`.
    func iso8601(_ moment: Int64) -> String {
        let local = local(moment)
        let digits = local.microsecondOfDay % 1_000_000 == 0 ? 0 : 6
        let minutes = offset(at: moment) / 60_000_000
        let zone = [minutes.magnitude / 60, minutes.magnitude % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return local.text(fractionDigits: digits, separator: "T") + (minutes < 0 ? "-" : "+") + zone
    }

    /// Local time less UTC, µs; a zone never differs by more than a day.
    private func offset(at moment: Int64) -> Int64 {
        let (seconds, rest) = moment.quotientAndRemainder(dividingBy: 1_000_000)
        let offset = utcOffset(rest < 0 ? seconds - 1 : seconds)
        return Int64(max(-86_400, min(86_400, offset))) * 1_000_000
    }
}
