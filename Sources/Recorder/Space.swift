import Ledger
import Model

/// One network namespace of a recording: what it is looked at with, and what became of that.
final class Space {
    /// UDP sockets are looked at this often, µs.
    private static let datagramInterval: Int64 = 10_000_000
    /// Limits are read this often, µs.
    private static let limitInterval: Int64 = 60_000_000

    let netns: UInt64
    /// nil while only events tell of the namespace.
    var namespace: (any NetworkNamespace)?
    var closes: (any CloseSource)?
    var ledger: ConnectionLedger
    var record: NamespaceRecord
    /// When it is dumped next.
    var pace = DumpPace()
    /// The kernel's counters when the recording began, and at the latest sample.
    var baseline: KernelCounters?
    var counters = KernelCounters()
    /// Whether a sample has given the baseline.
    var isCounting = false
    /// Attempts recorded since then.
    var recordedOpens: Int64 = 0
    /// Destroy messages lost, as far as the ledger knows.
    var lostCloses: Int64 = 0

    private var limits: LimitLedger
    private var datagrams: DatagramLedger
    private var limitsDue: Int64 = .min
    private var datagramsDue: Int64 = .min
    private var lastDatagrams: Int64?

    init(_ record: NamespaceRecord, numbering: Numbering, hasCookies: Bool) {
        self.record = record
        netns = record.netns
        ledger = ConnectionLedger(
            netns: netns, numbering: numbering, hasCookies: hasCookies)
        limits = LimitLedger(netns: netns, numbering: numbering)
        datagrams = DatagramLedger(netns: netns, numbering: numbering)
    }

    /// Looks at what is due besides the TCP table.
    func look(at moment: Int64, hostLimits: () -> [KernelLimit]) {
        guard let namespace else { return }
        if moment >= limitsDue {
            limits.observe(hostLimits() + namespace.limits(), at: moment)
            limitsDue = moment + Self.limitInterval
        }
        if moment >= datagramsDue, let rows = namespace.datagrams() {
            datagrams.observe(rows, at: moment, lastSeen: lastDatagrams ?? moment)
            lastDatagrams = moment
            datagramsDue = moment + Self.datagramInterval
        }
    }

    /// Inodes of sockets whose owner is not known yet.
    var wantedInodes: Set<UInt64> { ledger.wantedInodes.union(datagrams.wantedInodes) }

    func assign(_ owners: [UInt64: [Int64]], at moment: Int64, complete: Bool) {
        ledger.assign(owners, at: moment, complete: complete)
        datagrams.assign(owners, complete: complete)
    }

    func takeChanges() -> [Change] { limits.takeChanges() + datagrams.takeChanges() }

    /// Attempts that the kernel counted since the recording began.
    var kernelOpens: Int64? { baseline.flatMap { counters.opens(since: $0) } }
}

extension KernelCounters {
    /// Attempts and accepted connections since an earlier reading; nil where one is not counted.
    func opens(since earlier: KernelCounters) -> Int64? {
        guard let active = activeOpens, let passive = passiveOpens,
            let activeBefore = earlier.activeOpens, let passiveBefore = earlier.passiveOpens
        else { return nil }
        return active - activeBefore + passive - passiveBefore
    }
}
