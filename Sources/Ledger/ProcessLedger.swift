package import Model

/// The processes of a host, each named once by pid and start time.
package struct ProcessLedger {
    private var nextID: Int64
    private var entries: [ProcessIdentity: ProcessRecord] = [:]
    private var changed: Set<ProcessIdentity> = []
    private var ended: [ProcessRecord] = []
    /// The record ids of those that the last two scans did not show any more.
    private var gone: [ProcessIdentity: Int64] = [:]
    private var goneBefore: [ProcessIdentity: Int64] = [:]

    package init(nextID: Int64) { self.nextID = nextID }

    /// Processes that are there.
    package var count: Int { entries.count }

    /// The record id of a process that is known already.
    package func id(of process: ProcessIdentity) -> Int64? { entries[process]?.id }

    /// Those of these record ids that are there.
    package func identities(of ids: Set<Int64>) -> Set<ProcessIdentity> {
        if ids.isEmpty { return [] }
        return Set(entries.lazy.filter { ids.contains($0.value.id) }.map(\.key))
    }

    /// The record id of a process that is gone since a moment ago: events of it may come late.
    package func id(ofGone process: ProcessIdentity) -> Int64? {
        gone[process] ?? goneBefore[process]
    }

    /// How long a process's facts stand before they are read again, µs.
    private static let factsAge: Int64 = 60_000_000

    /// Processes whose facts are due to be read again: at the next look after the first, as one
    /// that was met between fork and exec has another name by now, then every minute.
    package func unconfirmed(at moment: Int64) -> [ProcessIdentity] {
        entries.values.filter { record in
            guard let last = confirmed[record.id] else { return record.firstSeen < moment }
            return moment - last >= Self.factsAge
        }.map(\.facts.identity)
    }

    /// When the facts were last read again, by record id.
    private var confirmed: [Int64: Int64] = [:]

    /// Takes what /proc tells of a process, for the first time or again, and gives its record id.
    package mutating func observe(
        _ facts: ProcessFacts, startedMicroseconds: Int64, at moment: Int64
    ) -> Int64 {
        if let known = entries[facts.identity] {
            confirmed[known.id] = moment
            if known.facts != facts {
                entries[facts.identity]?.facts = facts
                changed.insert(facts.identity)
            }
            return known.id
        }
        let record = ProcessRecord(
            id: nextID, facts: facts, startedMicroseconds: startedMicroseconds, firstSeen: moment)
        nextID += 1
        entries[facts.identity] = record
        changed.insert(facts.identity)
        return record.id
    }

    /// Gives a process that is gone the name that it had when it was last told of.
    package mutating func rename(_ process: ProcessIdentity, _ comm: String) {
        guard let known = entries[process], known.facts.comm != comm else { return }
        entries[process]?.facts.comm = comm
        changed.insert(process)
    }

    /// Ends those that a complete scan did not show, and gives their record ids.
    package mutating func endScan(_ alive: Set<ProcessIdentity>, lastSeen: Int64) -> [Int64] {
        goneBefore = gone
        gone.removeAll()
        for (identity, record) in entries where !alive.contains(identity) {
            var record = record
            record.lastSeen = max(lastSeen, record.firstSeen)
            ended.append(record)
            gone[identity] = record.id
            entries[identity] = nil
            changed.remove(identity)
            confirmed[record.id] = nil
        }
        return Array(gone.values)
    }

    package mutating func takeChanges() -> [Change] {
        defer {
            changed.removeAll()
            ended.removeAll()
        }
        let alive = changed.compactMap { entries[$0] }
        return (alive + ended).sorted { $0.id < $1.id }.map(Change.process)
    }
}
