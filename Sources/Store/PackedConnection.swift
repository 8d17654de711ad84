import Model

/// Bounds as two small numbers; see `live_connection` in the schema.
struct PackedBounds: Equatable {
    /// The width where there is no latest moment; `moment` is then the earliest.
    static let noLatest: Int64 = -1

    /// The latest moment against another one.
    let moment: Int64?
    /// 0 where it is exact, nil where there is no earliest.
    let width: Int64?

    init(_ bounds: Bounds, against base: Int64) {
        switch (bounds.earliest, bounds.latest) {
        case (nil, nil): (moment, width) = (nil, nil)
        case (nil, let latest?): (moment, width) = (latest - base, nil)
        case (let earliest?, nil): (moment, width) = (earliest - base, Self.noLatest)
        case (let earliest?, let latest?):
            let width = latest - earliest
            // Bounds that contradict themselves stay so, to be found by a check.
            (moment, self.width) = (latest - base, width < 0 ? width + Self.noLatest : width)
        }
    }
}

/// A connection's life as the small numbers that its row holds; the view stored_connection unpacks
/// them.
struct PackedConnection {
    /// How long a TIME-WAIT lasts at least, µs.
    private static let timeWait: Int64 = 60_000_000

    let facts: Int64
    let held: Int64?
    let timeWaitShown: Int64?
    let at: Int64
    let opened: PackedBounds
    let closed: PackedBounds
    let attempted: PackedBounds
    let timeWaitEnd: Int64?
    let timeWaitEntered: PackedBounds
    let timeWaitLeft: PackedBounds
    let closingBegan: Int64?
    let closingHalf: Int64?

    /// Moments count from the recording's origin.
    init(_ record: ConnectionRecord, origin: Int64) {
        let wait = record.timeWait
        let first = record.firstSample
        facts =
            Int64(record.state.rawValue) | record.closedBy.rawValue << 8
            | record.closeKind.rawValue << 10 | (record.spans.isEmpty ? 0 : 1) << 14
        held = first.flatMap { first in record.lastSample.map { $0 - first } }
        timeWaitShown = first.flatMap { first in wait?.firstSample.map { $0 - first } }
        let base =
            record.opened.latest ?? record.attempted.latest ?? record.closed.moment
            ?? record.opened.moment ?? record.attempted.moment ?? wait?.entered.moment ?? origin
        at = base - origin
        opened = PackedBounds(record.opened, against: base)
        closed = PackedBounds(record.closed, against: base)
        attempted = PackedBounds(record.attempted, against: base)
        timeWaitEnd = wait.map { $0.endedBy.rawValue | $0.restarts << 3 }
        let entryBase = base + (closed.moment ?? 0)
        timeWaitEntered = PackedBounds(wait?.entered ?? .unknown, against: entryBase)
        timeWaitLeft = PackedBounds(
            wait?.left ?? .unknown,
            against: entryBase + (timeWaitEntered.moment ?? 0) + Self.timeWait)
        let end = record.closed.latest
        closingBegan = end.flatMap { end in record.closing.map { end - $0.began } }
        closingHalf = end.flatMap { end in record.closing.map { end - $0.half } }
    }
}

extension Bounds {
    /// The latest moment, else the earliest.
    fileprivate var moment: Int64? { latest ?? earliest }
}
