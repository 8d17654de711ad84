import Model
import Queries

/// How the latest recording of a file stands.
struct Status {
    /// The latest recording, whole.
    let scope: Scope
    private let facts: [(Column, Cell)]

    /// One row, with a column a fact.
    var cursor: ArrayCursor {
        ArrayCursor(columns: facts.map(\.0), rows: [facts.map(\.1)])
    }

    init(path: String, recorder: Int32?, desk: Desk) throws {
        _ = try desk.timeContext()
        let session = desk.session
        guard let row = try session.all(RecordingsQuery.question).last,
            let latest = session.timeline.recordings.last
        else { throw Failure(.nothingRecorded, "cannot tell: the file holds no recording yet") }
        let health = try session.all(HealthQuery(recording: latest.id).question).first ?? []
        scope = Scope(AxisRange(since: latest.started, until: latest.last))
        let isRunning = recorder != nil && row[3] == .null
        let free = desk.surroundings.freeBytes(path)
        let growth = health[2].real
        let kept = try session.all(RetentionQuery(recording: latest.id).question).first ?? []
        let most = kept.isEmpty ? nil : kept[2].integer
        // A file that has a size of its own does not fill its disk.
        let daysLeft =
            isRunning && most == nil ? Self.daysLeft(free: free, growth: growth) : nil
        facts =
            [
                (Column("recording"), .text(Self.state(isRunning: isRunning, row: row))),
                (
                    Column("recorder_pid", title: "process", kind: .number),
                    isRunning ? Cell(recorder) : .null
                ),
                (Column("started", kind: .moment), row[1]),
                (Column("last_sample", title: "last sample", kind: .moment), health[0]),
                (Column("ended", kind: .moment), row[3]),
                (Column("samples", kind: .number), row[9]),
                (Column("interval_us", title: "interval wanted", kind: .microseconds), row[8]),
                (
                    Column("interval_kept_us", title: "interval kept", kind: .microseconds),
                    health[3]
                ),
                (Column("host"), row[5]), (Column("kernel"), row[6]), (Column("version"), row[7]),
                (Column("file"), .text(path)),
                (Column("file_bytes", title: "size", kind: .bytes), health[1]),
                (Column("bytes_a_day", title: "growth a day", kind: .bytes), health[2]),
                (Column("free_bytes", title: "free on its disk", kind: .bytes), Cell(free)),
                (
                    Column("days_left", title: "days until full", kind: .number),
                    daysLeft.map { .real($0) } ?? .null
                ),
            ] + Self.retention(kept, latest: latest, growth: growth)
            + Self.strain(
                try session.all(StrainQuery(scope.range).question).first ?? [])
    }

    private static func state(isRunning: Bool, row: [Cell]) -> String {
        if isRunning { return "running" }
        if row[3] == .null { return "not running, and was not ended" }
        return "ended (\(row[4].text ?? "no reason given"))"
    }

    /// What the recording keeps, and for how long its size lets it; nothing where it keeps all.
    private static func retention(
        _ kept: [Cell], latest: Timeline.Recording, growth: Double?
    ) -> [(Column, Cell)] {
        var facts: [(Column, Cell)] = []
        if let pruned = latest.pruned {
            facts.append(
                (Column("details_from", title: "details from", kind: .moment), .integer(pruned)))
        }
        guard kept.count == 3 else { return facts }
        let days = daysLeft(free: kept[2].integer, growth: growth)
        return facts + [
            (Column("keep_us", title: "details kept", kind: .microseconds), kept[0]),
            (Column("keep_rollups_us", title: "hours kept", kind: .microseconds), kept[1]),
            (Column("max_bytes", title: "size at most", kind: .bytes), kept[2]),
            (
                Column("days_in_size", title: "days of this growth in it", kind: .number),
                days.map { .real($0) } ?? .null
            ),
        ]
    }

    /// How the recorder fared at the worst.
    private static func strain(_ row: [Cell]) -> [(Column, Cell)] {
        guard row.count == 7 else { return [] }
        return [
            (Column("lag_us", title: "latest sample by", kind: .microseconds), row[0]),
            (Column("write_us", title: "longest write", kind: .microseconds), row[2]),
            (Column("backlog_bytes", title: "most that waited", kind: .bytes), row[3]),
            (Column("late_events", title: "events too late", kind: .number), row[4]),
            (Column("drift", title: "contradictions", kind: .number), row[5]),
            (Column("memory_bytes", title: "most memory", kind: .bytes), row[6]),
        ]
    }

    private static func daysLeft(free: Int64?, growth: Double?) -> Double? {
        guard let free, let growth, growth > 0 else { return nil }
        return (Double(free) / growth * 10).rounded() / 10
    }
}

extension Cell {
    /// An integer, or nothing.
    init(_ number: (some BinaryInteger)?) {
        self = number.map { .integer(Int64($0)) } ?? .null
    }
}
