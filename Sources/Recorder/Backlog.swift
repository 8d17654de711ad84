import Model

/// What was observed and is not yet in the file, oldest first.
///
/// Above a bound it is folded, the least telling first: what a later row of the same thing replaces
/// goes; then connections that came and went while nothing could be written, of which the counts of
/// the samples stay; then every second sample. What a row in the file still needs, such as the end
/// of a connection that it shows alive, is kept in any case, so that sockets that live may take the
/// backlog above its bound.
struct Backlog {
    /// One sample with what it changed; without a sample, what a recording's end brings.
    struct Entry {
        var sample: SampleRecord?
        var changes: [Change]
        /// About what it takes of memory.
        var octets: Int { 1024 + changes.reduce(0) { $0 + $1.octets } }
    }

    /// What is no longer told one by one.
    struct Folded: Equatable {
        var connections: Int64 = 0
        var samples: Int64 = 0
        /// In which something is missing, µs on the axis.
        var from: Int64 = .max
        var until: Int64 = .min

        mutating func cover(_ moment: Int64) {
            from = min(from, moment)
            until = max(until, moment)
        }
    }

    /// Above which it is folded.
    let bound: Int
    private(set) var octets = 0
    private var entries: [Entry] = []
    /// Entries before those, the oldest last.
    private var next: [Entry] = []
    private var foldAbove: Int
    private(set) var folded = Folded()
    /// Connections below may be rows of the file.
    private var firstUnwritten: Int64 = .min

    /// An empty one that folds above this many octets.
    init(bound: Int) {
        self.bound = bound
        foldAbove = bound
    }

    /// Whether so much lives that only a new recording would help.
    var isOverrun: Bool { octets > 4 * bound }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
        octets += entry.octets
        if octets > foldAbove { fold() }
    }

    /// The oldest entry, about to be written.
    mutating func takeFirst() -> Entry? {
        if next.isEmpty {
            next = entries.reversed()
            entries.removeAll()
            foldAbove = bound
        }
        guard let entry = next.popLast() else { return nil }
        octets -= entry.octets
        firstUnwritten = max(firstUnwritten, entry.sample?.nextConnection ?? .max)
        return entry
    }

    /// The oldest entry again, which could not be written.
    mutating func putBack(_ entry: Entry) {
        next.append(entry)
        octets += entry.octets
        if octets > foldAbove { fold() }
    }

    /// Samples that wait.
    var samples: Int { entries.count { $0.sample != nil } + next.count { $0.sample != nil } }

    mutating func removeAll() {
        entries.removeAll()
        next.removeAll()
        octets = 0
        foldAbove = bound
    }

    /// What was folded since this was last asked.
    mutating func takeFolded() -> Folded {
        defer { folded = Folded() }
        return folded
    }

    // MARK: Folding

    private mutating func fold() {
        entries = next.reversed() + entries
        next.removeAll()
        replaceOlder()
        let goal = bound / 2
        if octets > goal { foldConnections(to: goal) }
        while octets > goal, entries.count > 2, thinSamples() {}
        foldAbove = max(bound, octets + bound / 2)
    }

    /// Of several rows of one thing the latest stays. Other rows refer to processes: such a row
    /// stays where the first was.
    private mutating func replaceOlder() {
        var latest: [RowName: (entry: Int, change: Int)] = [:]
        var replaced = entries.map { Set<Int>(minimumCapacity: $0.changes.count / 2) }
        for place in entries.indices {
            for index in entries[place].changes.indices {
                guard let name = RowName(entries[place].changes[index]) else { continue }
                guard let old = latest[name] else {
                    latest[name] = (place, index)
                    continue
                }
                let change = entries[place].changes[index]
                if name.isReferredTo {
                    entries[old.entry].changes[old.change] = change
                    replaced[place].insert(index)
                } else {
                    entries[place].changes[index] = change.replacing(
                        entries[old.entry].changes[old.change])
                    replaced[old.entry].insert(old.change)
                    latest[name] = (place, index)
                }
            }
        }
        for place in entries.indices where !replaced[place].isEmpty {
            let gone = replaced[place]
            entries[place].changes = entries[place].changes.enumerated()
                .filter { !gone.contains($0.offset) }.map(\.element)
        }
        count()
    }

    /// Connections that ended and that the file has not seen become counts, the oldest first.
    private mutating func foldConnections(to goal: Int) {
        var gone: Set<Int64> = []
        var before = entries.first?.sample?.sampledMicroseconds
        for place in entries.indices {
            guard octets > goal else { break }
            let moment = entries[place].sample?.sampledMicroseconds ?? before
            for change in entries[place].changes {
                guard case .ended(let record) = change, record.id >= firstUnwritten else {
                    continue
                }
                gone.insert(record.id)
                octets -= change.octets
                folded.connections += 1
                entries[place].sample?.uncount(record)
                // Samples since it began show it no more.
                for moment in [before, moment, record.beginning] {
                    if let moment { folded.cover(moment) }
                }
            }
            before = moment
        }
        guard !gone.isEmpty else { return }
        for place in entries.indices {
            entries[place].changes.removeAll { $0.connection.map(gone.contains) ?? false }
        }
        count()
    }

    /// Every second sample gives what it changed and counted to the next; false where none can.
    private mutating func thinSamples() -> Bool {
        var kept: [Entry] = []
        var gone: Set<Int64> = []
        var carried: Entry?
        var before: Int64?
        for (place, var entry) in entries.enumerated() {
            if let given = carried {
                entry.changes.insert(contentsOf: given.changes, at: 0)
                if let sample = given.sample { entry.sample?.takeCounts(of: sample) }
                carried = nil
            } else if place % 2 == 1, place + 1 < entries.count, let sample = entry.sample,
                entries[place + 1].sample != nil
            {
                gone.insert(sample.id)
                folded.samples += 1
                folded.cover(before ?? sample.sampledMicroseconds)
                folded.cover(sample.sampledMicroseconds)
                carried = entry
                continue
            }
            before = entry.sample?.sampledMicroseconds
            kept.append(entry)
        }
        guard !gone.isEmpty else { return false }
        entries = kept
        for place in entries.indices {
            entries[place].changes.removeAll { change in
                if case .missed(let sample, _) = change { gone.contains(sample) } else { false }
            }
        }
        count()
        return true
    }

    private mutating func count() { octets = entries.reduce(0) { $0 + $1.octets } }
}
