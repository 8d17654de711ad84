import Ledger
import Model

/// Watches what belongs to the host and not to one connection: processes, their descriptors,
/// limits, UDP sockets, and who holds a socket. Decides when each is looked at; the ledgers decide
/// what it means.
struct HostWatch {
    /// UDP sockets are looked at this often, µs.
    static let datagramInterval: Int64 = 10_000_000
    /// Limits are read this often, µs.
    static let limitInterval: Int64 = 60_000_000
    /// Scans of processes take at most one part in so many of the time.
    static let scanShare: Int64 = 50
    /// A walk over descriptors may take this long, ns, and no more than one part in so many of the
    /// interval; what it did not find waits for the next.
    static let ownerBudget: Int64 = 200_000_000
    static let ownerShare: Int64 = 5

    private let budget: Int64
    private let host: any HostSource
    private let axis: TimeAxis
    private var processes: ProcessLedger
    private var descriptors: DescriptorLedger
    private var limits: LimitLedger
    private var datagrams: DatagramLedger
    private var scanDue: Int64 = .min
    private var datagramsDue: Int64 = .min
    private var limitsDue: Int64 = .min
    private var lastScan: Int64 = .min
    private var lastDatagrams: Int64 = .min

    init(
        host: any HostSource, axis: TimeAxis, netns: UInt64, next: NextIdentifiers,
        intervalNanoseconds: Int64
    ) {
        self.host = host
        budget = min(Self.ownerBudget, intervalNanoseconds / Self.ownerShare)
        self.axis = axis
        processes = ProcessLedger(nextID: next.process)
        descriptors = DescriptorLedger(nextID: next.descriptors)
        limits = LimitLedger(netns: netns, nextID: next.limit)
        datagrams = DatagramLedger(netns: netns, nextID: next.datagram)
    }

    /// Looks at what is due, and names the owners that the connection ledger asks for.
    mutating func look(_ ledger: inout ConnectionLedger, at moment: Int64, clock: any RecorderClock)
    {
        if moment >= scanDue { scan(at: moment, clock: clock) }
        if moment >= limitsDue {
            limits.observe(host.limits(), at: moment)
            limitsDue = moment + Self.limitInterval
        }
        if moment >= datagramsDue, let rows = host.datagrams() {
            let seen = lastDatagrams == .min ? moment : lastDatagrams
            datagrams.observe(rows, at: moment, lastSeen: seen)
            lastDatagrams = moment
            datagramsDue = moment + Self.datagramInterval
        }
        nameOwners(&ledger, at: moment)
    }

    private mutating func scan(at moment: Int64, clock: any RecorderClock) {
        let started = clock.now().boot
        let found = host.processes()
        for identity in processes.unconfirmed(at: moment) { _ = identify(identity, at: moment) }
        for process in found.processes where (process.open ?? 0) > 0 {
            guard
                let id = processes.id(of: process.identity)
                    ?? identify(process.identity, at: moment)
            else { continue }
            descriptors.observe(process, process: id, at: moment)
        }
        let alive = Set(found.processes.map(\.identity))
        let seen = lastScan == .min ? moment : lastScan
        for id in processes.endScan(alive, lastSeen: seen) { descriptors.finish(id, at: seen) }
        lastScan = moment
        scanDue = moment + (clock.now().boot - started) / 1000 * Self.scanShare
    }

    private mutating func identify(_ identity: ProcessIdentity, at moment: Int64) -> Int64? {
        guard let facts = host.facts(of: identity) else { return nil }
        let boot = Int64(clamping: identity.startTicks)
            .multipliedReportingOverflow(by: 1_000_000_000 / max(1, host.facts.ticksPerSecond))
        let started = axis.microseconds(boot.overflow ? .max / 2 : boot.partialValue)
        return processes.observe(facts, startedMicroseconds: started, at: moment)
    }

    private mutating func nameOwners(_ ledger: inout ConnectionLedger, at moment: Int64) {
        let wanted = ledger.wantedInodes.union(datagrams.wantedInodes)
        guard !wanted.isEmpty else { return }
        let scan = host.owners(of: wanted, budgetNanoseconds: budget)
        var owners: [UInt64: [Int64]] = [:]
        for (inode, holders) in scan.owners {
            // A forked server's socket is used by the youngest of its holders.
            owners[inode] = holders.sorted { $0.startTicks > $1.startTicks }
                .compactMap { processes.id(of: $0) ?? identify($0, at: moment) }
        }
        ledger.assign(owners, at: moment, complete: scan.complete)
        datagrams.assign(owners, complete: scan.complete)
    }

    mutating func takeChanges() -> [Change] {
        processes.takeChanges() + descriptors.takeChanges() + limits.takeChanges()
            + datagrams.takeChanges()
    }
}
