package import Model

/// Counts of open descriptors by process, as stretches of about the same count: a new one on a
/// change of more than max(2, 1 %), or 10 s after a smaller one.
package struct DescriptorLedger {
    /// How long a small change may wait for its own stretch, µs.
    static let patience: Int64 = 10_000_000

    private struct Entry {
        var record: DescriptorRecord
        /// Since when the count differs a little from the record's.
        var differsSince: Int64?
    }

    private var nextID: Int64
    private var entries: [Int64: Entry] = [:]
    private var changes: [Int64: DescriptorRecord] = [:]

    package init(nextID: Int64) { self.nextID = nextID }

    /// Takes one process's count at a moment.
    package mutating func observe(
        _ count: ProcessDescriptors, process: Int64, at moment: Int64
    ) {
        guard let open = count.open else { return }
        guard var entry = entries[process] else { return begin(count, open, process, moment) }
        let difference = abs(open - entry.record.open)
        let limitsMoved =
            count.softLimit != entry.record.softLimit
            || count.hardLimit != entry.record.hardLimit
        let waited = entry.differsSince.map { moment - $0 >= Self.patience } ?? false
        if limitsMoved || difference > max(2, entry.record.open / 100)
            || (difference > 0 && waited)
        {
            finish(process, at: moment)
            return begin(count, open, process, moment)
        }
        entry.differsSince = difference == 0 ? nil : entry.differsSince ?? moment
        if open > entry.record.peak {
            entry.record.peak = open
            changes[entry.record.id] = entry.record
        }
        entries[process] = entry
    }

    private mutating func begin(
        _ count: ProcessDescriptors, _ open: Int64, _ process: Int64, _ moment: Int64
    ) {
        var record = DescriptorRecord(
            id: nextID, process: process, fromMicroseconds: moment, open: open)
        nextID += 1
        record.softLimit = count.softLimit
        record.hardLimit = count.hardLimit
        entries[process] = Entry(record: record)
        changes[record.id] = record
    }

    /// Ends a process's stretch.
    package mutating func finish(_ process: Int64, at moment: Int64) {
        guard var record = entries.removeValue(forKey: process)?.record else { return }
        record.untilMicroseconds = max(moment, record.fromMicroseconds)
        changes[record.id] = record
    }

    package mutating func takeChanges() -> [Change] {
        defer { changes.removeAll() }
        return changes.values.sorted { $0.id < $1.id }.map(Change.descriptors)
    }
}
