/// When a namespace's table is dumped next: so rarely that dumps take no more than a share of the
/// time, whatever the size of the table.
struct DumpPace: Equatable, Sendable {
    /// A first dump makes every record and is no measure of the next.
    private static let settled = 3
    /// Where something was lost, dumps may take one part in so many of the time.
    private static let hurry: Int64 = 10

    /// When the next is due, ns of the boot clock.
    private(set) var due: Int64 = .min
    /// From one dump to the next at the least, ns.
    private(set) var period: Int64 = 0
    /// How long the last dumps took, ns.
    private var recent: [Int64] = []
    private var ended: Int64 = .min

    /// Takes note of a dump, by the boot clock, ns. Dumps may take one part in `share` of the time;
    /// `fixed` is the period asked for, if any. Samples come each `interval`, some a little early.
    mutating func note(
        from began: Int64, until ended: Int64, share: Int64, fixed: Int64?, interval: Int64
    ) {
        self.ended = ended
        recent.append(max(0, ended - began))
        if recent.count > Self.settled { recent.removeFirst() }
        if let fixed {
            period = fixed
        } else {
            period = recent.count < Self.settled ? 0 : typical * share
        }
        due = began + period - interval / 2
    }

    /// The ledger may know less than all: the next dump comes soon.
    mutating func hasten() {
        guard !recent.isEmpty else { return }
        due = min(due, ended + typical * Self.hurry)
    }

    /// The middle one of the last dumps, ns: one that the host held up says little.
    private var typical: Int64 { recent.sorted()[recent.count / 2] }
}
