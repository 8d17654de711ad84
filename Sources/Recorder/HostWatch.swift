import Ledger
import Model

/// Watches what belongs to the host and not to one connection: processes, their descriptors,
/// limits, UDP sockets, and who holds a socket. Decides when each is looked at; the ledgers decide
/// what it means.
struct HostWatch {
    /// Scans of processes take at most one part in so many of the time.
    static let scanShare: Int64 = 50
    /// A walk over descriptors may take this long, ns, and no more than one part in so many of the
    /// interval; what it did not find waits for the next.
    static let ownerBudget: Int64 = 200_000_000
    static let ownerShare: Int64 = 5

    /// Where events are heard they name who opens and who closes: only what stands long needs to be
    /// looked for, and walks take no more than one part in so many of the time, but for this much,
    /// ns, that they may save up.
    static let heardWalkShare: Int64 = 200
    static let savedWalks: Int64 = 500_000_000

    private let budget: Int64
    private var allowance: Allowance?
    private let host: any HostSource
    private let axis: TimeAxis
    private var processes: ProcessLedger
    private var descriptors: DescriptorLedger
    /// Processes that an event has named, by record id.
    private var origins: Set<Int64> = []
    /// The last of them: what one process does is told in a row.
    private var latest: (identity: ProcessIdentity, id: Int64)?
    private var scanDue: Int64 = .min
    private var lastScan: Int64 = .min

    init(
        host: any HostSource, axis: TimeAxis, next: NextIdentifiers, intervalNanoseconds: Int64,
        hearsEvents: Bool
    ) {
        if hearsEvents {
            allowance = Allowance(share: Self.heardWalkShare, most: Self.savedWalks)
        }
        self.host = host
        budget = min(Self.ownerBudget, intervalNanoseconds / Self.ownerShare)
        self.axis = axis
        processes = ProcessLedger(nextID: next.process)
        descriptors = DescriptorLedger(nextID: next.descriptors)
    }

    /// Looks at what is due, and names the owners that the namespaces ask for.
    mutating func look(_ spaces: [Space], at moment: Int64, clock: any RecorderClock) {
        if moment >= scanDue { scan(at: moment, clock: clock) }
        for space in spaces { space.look(at: moment, hostLimits: host.limits) }
        nameOwners(spaces, at: moment, clock: clock)
    }

    /// The process that caused an event; it may be gone.
    mutating func process(of event: KernelEvent, at moment: Int64) -> Int64? {
        guard let origin = event.origin else { return nil }
        if let latest, latest.identity == origin.process { return latest.id }
        let id = identify(origin, event, at: moment)
        latest = (origin.process, id)
        return id
    }

    private mutating func identify(
        _ origin: EventOrigin, _ event: KernelEvent, at moment: Int64
    ) -> Int64 {
        if let known = processes.id(of: origin.process) {
            if origins.insert(known).inserted { rename(origin, at: moment) }
            return known
        }
        if let gone = processes.id(ofGone: origin.process) { return gone }
        let facts =
            host.facts(of: origin.process)
            ?? ProcessFacts(identity: origin.process, comm: origin.name, uid: event.uid)
        let id = observe(facts, at: moment)
        origins.insert(id)
        return id
    }

    /// A process that was met between fork and exec has another name by now.
    private mutating func rename(_ origin: EventOrigin, at moment: Int64) {
        if let facts = host.facts(of: origin.process) {
            _ = observe(facts, at: moment)
        } else {
            processes.rename(origin.process, origin.name)
        }
    }

    private mutating func scan(at moment: Int64, clock: any RecorderClock) {
        let started = clock.now().boot
        latest = nil
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
        for id in processes.endScan(alive, lastSeen: seen) {
            descriptors.finish(id, at: seen)
            origins.remove(id)
        }
        lastScan = moment
        scanDue = moment + (clock.now().boot - started) / 1000 * Self.scanShare
    }

    private mutating func identify(_ identity: ProcessIdentity, at moment: Int64) -> Int64? {
        guard let facts = host.facts(of: identity) else { return nil }
        return observe(facts, at: moment)
    }

    private mutating func observe(_ facts: ProcessFacts, at moment: Int64) -> Int64 {
        let identity = facts.identity
        let boot = Int64(clamping: identity.startTicks)
            .multipliedReportingOverflow(by: 1_000_000_000 / max(1, host.facts.ticksPerSecond))
        let started = axis.microseconds(boot.overflow ? .max / 2 : boot.partialValue)
        return processes.observe(facts, startedMicroseconds: started, at: moment)
    }

    private mutating func nameOwners(
        _ spaces: [Space], at moment: Int64, clock: any RecorderClock
    ) {
        let started = clock.now().boot
        guard allowance?.permits(at: started) ?? true else { return }
        var wanted: Set<UInt64> = []
        var likely: Set<Int64> = []
        for space in spaces {
            wanted.formUnion(space.wantedInodes)
            likely.formUnion(space.ledger.likelyOwners)
        }
        guard !wanted.isEmpty else { return }
        let scan = host.owners(
            of: wanted, likely: processes.identities(of: likely), budgetNanoseconds: budget)
        allowance?.spend(clock.now().boot - started)
        var owners: [UInt64: [Int64]] = [:]
        for (inode, holders) in scan.owners {
            // A forked server's socket is used by the youngest of its holders.
            owners[inode] = holders.sorted { $0.startTicks > $1.startTicks }
                .compactMap { processes.id(of: $0) ?? identify($0, at: moment) }
        }
        for space in spaces { space.assign(owners, at: moment, complete: scan.complete) }
    }

    mutating func takeChanges() -> [Change] { processes.takeChanges() + descriptors.takeChanges() }
}

extension EventOrigin {
    /// The process's name; what is no UTF-8 is replaced.
    var name: String {
        var octets: [UInt8] = []
        for part in [comm.low, comm.high] {
            for shift in stride(from: 0, to: 64, by: 8) {
                octets.append(UInt8(truncatingIfNeeded: part >> shift))
            }
        }
        return String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
    }
}
