import GRDB

/// What the recordings of a soak tell, against what happened.
struct SoakAccount {
    /// Ends of connections that happened wholly while a recorder said that it saw all.
    private(set) var accountable = 0
    /// Those of them that are recorded once, at the right times.
    private(set) var recorded = 0
    /// Ends that fall into what is written down as lost or not recorded.
    private(set) var excused = 0
    private(set) var missing: [String] = []
    private(set) var doubled: [String] = []
    private(set) var wrong: [String] = []
    /// Rows that tell of no connection that there was.
    private(set) var invented: [String] = []
    var recordings: Int { lives.count }
    private(set) var rows = 0

    /// Soft interrupts on a loaded host come late by this much at the most, µs.
    private static let slack: Int64 = 100_000

    private var connections: [String: [(life: Int, row: RecordedConnection)]] = [:]
    /// From begin to end of each recording.
    private var lives: [Span] = []
    private var holes: [Span] = []

    /// Takes all that a file tells.
    mutating func read(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { database in
            var numbers: [Int64: Int] = [:]
            for row in try Row.fetchAll(database, sql: Self.livesSQL) {
                numbers[row["recording_id"]] = lives.count
                lives.append(row["started_us"]...max(row["started_us"], row["ended_us"]))
            }
            for row in try Row.fetchAll(database, sql: Self.holesSQL) {
                holes.append(row["from_us"]...max(row["from_us"], row["until_us"]))
            }
            for row in try RecordedConnection.all(database) {
                guard let life = numbers[row.recordingId] else { continue }
                rows += 1
                connections[row.tuple, default: []].append((life, row))
            }
        }
    }

    private static let livesSQL = "SELECT recording_id, started_us, ended_us FROM recordings"
    /// What each recording says it lacks.
    private static let holesSQL = """
        SELECT from_us, until_us FROM gaps
        UNION ALL
        SELECT from_us, until_us FROM sources WHERE source IN ('bpf', 'file') AND lost > 0
        """

    /// Compares with the truth.
    mutating func settle(_ truths: [Truth]) {
        let ends = TruthEnd.all(of: truths)
        var real: [String: [Span]] = [:]
        for end in ends { real[end.tuple, default: []].append(end.truth.whole) }
        for end in ends { settle(end) }
        for (_, row) in connections.values.joined() where row.openedMinUs != nil {
            let times = (real[row.tuple] ?? []).map(Self.widened)
            if !times.contains(where: { row.opened.meets($0) && row.closed.meets($0) }) {
                invented.append(row.summary)
            }
        }
    }

    private mutating func settle(_ end: TruthEnd) {
        let whole = Self.widened(end.truth.whole)
        let life = lives.firstIndex {
            $0.lowerBound < whole.lowerBound && whole.upperBound < $0.upperBound
        }
        guard let life, !holes.contains(where: { $0.overlaps(whole) }) else {
            excused += 1
            return
        }
        accountable += 1
        // What survives into a later recording is a row of that one too.
        let near = (connections[end.tuple] ?? []).filter {
            $0.life == life && $0.row.opened.meets(whole) && $0.row.closed.meets(whole)
        }.map(\.row)
        // A port that was used again within the slack has two rows near: its own is the one whose
        // times fit without slack.
        let own = near.filter { row in
            end.opened.map(row.opened.meets) ?? false && end.closing.map(row.closed.meets) ?? false
        }
        let fitting = own.isEmpty ? near : own
        guard let row = fitting.first else {
            return missing.append("\(end.label), \(end.truth.whole)")
        }
        if fitting.count > 1 {
            return doubled.append("\(end.label): \(fitting.map(\.summary))")
        }
        guard let opened = end.opened, let closing = end.closing,
            row.opened.meets(Self.widened(opened)), row.closed.meets(Self.widened(closing))
        else { return wrong.append("\(end.label): \(row.summary)") }
        recorded += 1
    }

    private static func widened(_ span: Span) -> Span {
        span.lowerBound - slack...span.upperBound + slack
    }

    /// One line.
    var summary: String {
        """
        \(recorded) of \(accountable) ends recorded; \(missing.count) missing, \(doubled.count) \
        doubled, \(wrong.count) wrong, \(invented.count) invented; \(excused) fell into what is \
        written down; \(rows) rows in \(recordings) recordings
        """
    }
}
