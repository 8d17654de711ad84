import GRDB

/// When events found no room, as the recording tells. On a busy virtual machine two or three were
/// lost at times: what they would have told is known by bounds alone.
struct Losses {
    /// µs.
    private var spans: [Span] = []
    /// Events lost.
    private(set) var events = 0
    /// Events that came too late to be placed.
    private(set) var late = 0

    init() {}

    /// What a recording tells; more than a few are no accident, unless a test sees to it.
    init(_ bench: Bench, most: Int = 20) throws {
        let sql = """
            SELECT from_us, until_us, lost FROM sources
            WHERE source = 'bpf' AND lost > 0 AND reason LIKE 'lost%'
            """
        for row in try bench.query({ try Row.fetchAll($0, sql: sql) }) {
            spans.append(row["from_us"]...row["until_us"])
            events += row["lost"]
        }
        // An event that came late counts as lost, and nothing tells which it was.
        late = try bench.query {
            try Int.fetchOne($0, sql: "SELECT max(late_events) FROM recorder_health") ?? 0
        }
        guard events <= most else { throw BenchError("\(events) events were lost") }
    }

    /// Whether something of this time may not have been told.
    func meet(_ span: Span) -> Bool { spans.contains { $0.overlaps(span) } }
}

/// A recording that lost too much to be held to the truth, by no fault of the recorder: the host
/// stopped a virtual processor.
struct HiddenByLosses: Error, CustomStringConvertible {
    var hidden: Int
    var of: Int
    var description: String { "losses hide \(hidden) of \(of) ends" }
}
