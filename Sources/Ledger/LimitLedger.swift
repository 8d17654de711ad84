package import Model

/// Kernel limits, each a row for as long as it kept one value.
package struct LimitLedger {
    /// Limits of the host as a whole; all others belong to a network namespace.
    private static let hostWide: Set<String> = [
        "file-max", "nr_open", "tcp_max_orphans", "tcp_mem", "nf_conntrack_max",
    ]

    private let netns: UInt64
    private let numbering: Numbering
    private var entries: [String: LimitRecord] = [:]
    private var changes: [Change] = []

    package init(netns: UInt64, numbering: Numbering) {
        self.netns = netns
        self.numbering = numbering
    }

    /// Takes the values of a moment; a limit that is not among them is there no more.
    package mutating func observe(_ limits: [KernelLimit], at moment: Int64) {
        let names = Set(limits.map(\.name))
        for (name, record) in entries where !names.contains(name) {
            var gone = record
            gone.untilMicroseconds = moment
            changes.append(.limit(gone))
            entries[name] = nil
        }
        for limit in limits {
            if var known = entries[limit.name] {
                guard known.limit.value != limit.value else { continue }
                known.untilMicroseconds = moment
                changes.append(.limit(known))
            }
            let record = LimitRecord(
                id: numbering.limit(), netns: Self.hostWide.contains(limit.name) ? nil : netns,
                limit: limit, fromMicroseconds: moment)
            entries[limit.name] = record
            changes.append(.limit(record))
        }
    }

    package mutating func takeChanges() -> [Change] {
        defer { changes.removeAll() }
        return changes
    }
}
