/// What `--since` and `--until` enclose, µs since 1970; both ends belong to it.
package struct TimeRange: Hashable, Sendable {
    /// The first moment.
    package var since: Int64
    /// The last moment.
    package var until: Int64

    /// The range between two typed times; the recording's own ends where they are nil. Of a bare
    /// time of day in `since`, the latest one before `until` is meant.
    package init(
        since: String?, until: String?, in context: TimeContext
    ) throws(ExpressionError) {
        self.since = context.start
        self.until = context.last
        if let until {
            self.until = try TimeExpression(until).resolve(in: context, allowingOutside: true)
        }
        if let since {
            let expression = try TimeExpression(since)
            var context = context
            if case .clock = expression { context.narrow(until: self.until) }
            self.since = try expression.resolve(in: context, allowingOutside: true)
        }
        // A range that lies beyond the recording's own end is empty, not the wrong way round.
        if until == nil { self.until = max(self.until, self.since) }
        if since == nil { self.since = min(self.since, self.until) }
        guard self.since <= self.until else {
            throw ExpressionError(
                cannotRead: "time range", "\(since ?? "start") to \(until ?? "end")",
                because: "it ends before it begins", try: "--since before --until")
        }
    }
}
