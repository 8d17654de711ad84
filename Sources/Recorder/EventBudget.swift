package import Model

/// Keeps what events cost within a share of one processor by telling less, and more again when
/// that fits.
///
/// Over budget for longer than a moment, it takes the next lower detail. It goes back up only
/// after what the higher detail would cost, by the rate of what was seen and the measured price of
/// a told event, fitted into most of the budget for a while without a break.
package struct EventBudget: Sendable {
    /// How much of the newest rate a second of observation brings in.
    private static let smoothingSeconds = 0.5
    /// How long the budget may be exceeded, s.
    private static let patienceSeconds = 1.0
    /// How long the higher detail has to fit, s.
    private static let caution = 5.0
    /// How much of the budget the higher detail may take.
    private static let room = 0.8
    /// Of a told event before any was measured, ns: program and reader.
    private static let firstPrice = 400.0

    private let share: Double?
    private var last: (cost: EventCost, boot: Int64)?
    /// Smoothed, each a second: processor time, ns, and events.
    private var spent = 0.0
    private var full = 0.0
    private var edges = 0.0
    private var isPrimed = false
    /// ns a told event.
    private var price = Self.firstPrice
    private var overSeconds = 0.0
    private var fitSeconds = 0.0

    /// The allowed share of one processor, 0.05 for a twentieth; nil never sheds.
    package init(share: Double? = 0.05) { self.share = share }

    /// The detail from now on, by what the source cost up to this moment of the boot clock while
    /// it told as much as `current`. Readings that bring no time change nothing.
    package mutating func observe(
        _ cost: EventCost, at bootNanoseconds: Int64, current: EventDetail
    ) -> EventDetail {
        guard let share else { return .full }
        defer {
            if last.map({ bootNanoseconds > $0.boot }) ?? true { last = (cost, bootNanoseconds) }
        }
        guard let last, bootNanoseconds > last.boot else { return current }
        let seconds = Double(bootNanoseconds - last.boot) / 1e9
        learn(from: last.cost, to: cost, seconds: seconds, told: current > .none)
        let budget = share * 1e9
        overSeconds = spent > budget ? overSeconds + seconds : 0
        if overSeconds >= Self.patienceSeconds,
            let lower = EventDetail(rawValue: current.rawValue - 1)
        {
            return change(to: lower)
        }
        guard let higher = EventDetail(rawValue: current.rawValue + 1) else { return current }
        let fits = expected(higher) < Self.room * budget
        fitSeconds = fits ? fitSeconds + seconds : 0
        return fitSeconds >= Self.caution ? change(to: higher) : current
    }

    private mutating func learn(
        from old: EventCost, to new: EventCost, seconds: Double, told: Bool
    ) {
        let nanoseconds = Double(
            new.programNanoseconds - old.programNanoseconds + new.readerNanoseconds
                - old.readerNanoseconds)
        let weight = isPrimed ? min(1, seconds / (seconds + Self.smoothingSeconds)) : 1
        isPrimed = true
        spent += weight * (nanoseconds / seconds - spent)
        full += weight * (Double(new.seenFull - old.seenFull) / seconds - full)
        edges += weight * (Double(new.seenEdges - old.seenEdges) / seconds - edges)
        let count = Double(new.told - old.told)
        // Few events share the reader's idle turns, which says nothing of many.
        guard told, count >= 1_000 else { return }
        price += weight * (nanoseconds / count - price)
    }

    /// What a detail would cost, ns a second.
    private func expected(_ detail: EventDetail) -> Double {
        switch detail {
        case .none: 0
        case .edges: edges * price
        case .full: full * price
        }
    }

    private mutating func change(to detail: EventDetail) -> EventDetail {
        overSeconds = 0
        fitSeconds = 0
        // What was spent before says nothing of what is spent from now on.
        isPrimed = false
        return detail
    }
}
