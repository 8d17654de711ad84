import Model
import Store

/// A count of each part of a range in one pass: each part is told of what reached into it.
struct PartedTally<Tally: ConnectionTally>: ConnectionTally {
    static var extent: ConnectionScan.Extent { Tally.extent }
    static var part: ConnectionScan.Part { Tally.part }

    private let buckets: Buckets
    /// What each part counted, in the order of time.
    var parts: [Tally]

    /// `parts` count nothing yet, one for each part.
    init(_ buckets: Buckets, _ parts: [Tally]) {
        self.buckets = buckets
        self.parts = parts
    }

    mutating func add(_ connection: ScannedConnection) {
        for part in buckets.indices(of: connection.reach) { parts[part].add(connection) }
    }

    /// Hands each part that a stretch of time reaches into to a body.
    mutating func each(of stretch: AxisRange, _ body: (inout Tally) -> Void) {
        for part in buckets.indices(of: stretch) { body(&parts[part]) }
    }

    mutating func finish() {
        for part in parts.indices { parts[part].finish() }
    }

    mutating func merge(_ other: PartedTally) {
        for part in parts.indices { parts[part].merge(other.parts[part]) }
    }
}

extension Session {
    /// Counts each part of a range, of the connections that pass; `parts` count nothing yet. A range
    /// that is one part is counted without a look at which part it is.
    func parted<Tally: ConnectionTally>(
        _ buckets: Buckets, _ parts: [Tally], passing: Passing?
    ) throws -> PartedTally<Tally> {
        guard parts.count == 1 else {
            return try tally(PartedTally(buckets, parts), passing: passing)
        }
        return PartedTally(buckets, [try tally(parts[0], passing: passing)])
    }
}

extension ScannedConnection {
    /// No moment at which it can have been there lies outside. Rows of `span` may tell of later ones
    /// than its own; what was there before a recording has no beginning, what still is no end.
    var reach: AxisRange {
        var reach = AxisRange(since: .max, until: .min)
        for bounds in [attempted, opened, closed, timeWaitEntered, timeWaitLeft] {
            if let moment = bounds.earliest ?? bounds.latest {
                reach.since = min(reach.since, moment)
            }
            if let moment = bounds.latest { reach.until = max(reach.until, moment) }
        }
        let last = timeWaitEnd == nil || timeWaitEnd == .noRoom ? closed : timeWaitLeft
        if attempted.earliest ?? opened.earliest == nil { reach.since = .min }
        if hasSpans || last.latest == nil { reach.until = .max }
        return reach
    }
}
