/// Time that some work may take: a share of all time, saved up to a limit while it is not spent.
struct Allowance {
    private let share: Int64
    private let most: Int64
    private var saved: Int64
    private var counted: Int64?

    /// One part in `share` of the time; `most` ns are there at the beginning, and never more.
    init(share: Int64, most: Int64) {
        self.share = share
        self.most = most
        saved = most
    }

    /// Whether anything is left at this reading of the boot clock, ns.
    mutating func permits(at now: Int64) -> Bool {
        saved = min(most, saved + max(0, now - (counted ?? now)) / share)
        counted = now
        return saved > 0
    }

    /// Takes what the work took, ns; it may have taken more than was left.
    mutating func spend(_ nanoseconds: Int64) { saved -= nanoseconds }
}
