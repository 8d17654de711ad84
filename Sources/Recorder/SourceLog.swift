import Model

/// What each source gave and lacked, as rows of the recording.
struct SourceLog {
    private var nextID: Int64
    private var records: [String: SourceRecord] = [:]
    private var changed: Set<String> = []
    /// The last loss of each source.
    private var losses: [String: SourceRecord] = [:]

    init(nextID: Int64) { self.nextID = nextID }

    /// Names a source; a second time with another reason ends the first row, which is given.
    @discardableResult
    mutating func note(_ source: String, reason: String?, at moment: Int64) -> [Change] {
        var ended: [Change] = []
        if var known = records[source] {
            guard known.reason != reason else { return [] }
            known.untilMicroseconds = moment
            ended.append(.source(known))
        }
        var record = SourceRecord(id: nextID, source: source, fromMicroseconds: moment)
        nextID += 1
        record.reason = reason
        records[source] = record
        changed.insert(source)
        return ended
    }

    /// A stretch of time in which a source lost something, as a row of its own; it grows while the
    /// next stretch follows at once.
    mutating func lose(
        _ source: String, _ count: Int64, from earliest: Int64, until latest: Int64,
        reason: String
    ) -> [Change] {
        var record: SourceRecord
        if let last = losses[source], last.untilMicroseconds == earliest {
            record = last
        } else {
            record = SourceRecord(id: nextID, source: source, fromMicroseconds: earliest)
            nextID += 1
        }
        record.untilMicroseconds = latest
        record.lost = (record.lost ?? 0) + count
        record.reason = reason
        losses[source] = record
        return [.source(record)]
    }

    /// Adds to what a source gave and lost.
    mutating func count(_ source: String, events: Int64, lost: Int64 = 0) {
        guard var record = records[source] else { return }
        record.events = (record.events ?? 0) + events
        record.lost = (record.lost ?? 0) + lost
        records[source] = record
        if lost > 0 { changed.insert(source) }
    }

    /// Rows that are new or lost something; all of them at the end of a recording.
    mutating func takeChanges(all: Bool = false) -> [Change] {
        defer { changed.removeAll() }
        return records.filter { all || changed.contains($0.key) }.values
            .sorted { $0.id < $1.id }.map { record in
                var record = record
                // A count that goes on is told at the end, or a killed recorder leaves a false one.
                if !all { record.events = nil }
                return .source(record)
            }
    }
}
