import GRDB

/// Prunes a recording by its policy in small steps. Each step is a transaction that leaves the file
/// whole: samples go first, oldest first, so that no sample is there whose table is not; then what
/// was over before the first sample that stays. Where it stands is told by the file itself.
final class Retention {
    private enum Phase {
        case idle
        case samples
        case connections(after: Int64)
        case table(Int, after: Int64)
        case interned
        case hours(before: Int64)
    }

    /// What one step takes at the most: rows or pages.
    static let samplesAStep: Int64 = 64
    static let connectionsAStep: Int64 = 500
    static let rowsAStep = 2000
    static let pagesAStep = 64
    /// Evidence may still amend what ended just now, µs.
    static let youngest: Int64 = 10_000_000

    let policy: RetentionPolicy
    /// Told each time that something went.
    var observer: ((_ rows: Int64, _ bytes: Int64) -> Void)?
    private let path: String
    private weak var writer: ChangeWriter?
    private var phase = Phase.idle
    private var goal: Int64 = .min
    private var reason = PruneReason.age
    private var interned: InternedRows?
    /// Connections that went since rows nobody names were looked for.
    private var unswept: Int64 = 0
    /// The first recording with samples then: of one that is gone nothing is to stay but hours.
    private var sweptRecording: Int64 = .min
    /// Whether an earlier run may have ended between two steps.
    private var isUnsure = true
    /// Whether nothing more can go, and the file is still too large.
    private(set) var isExhausted = false

    init(_ policy: RetentionPolicy, path: String) {
        self.policy = policy
        self.path = path
    }

    /// Who writes into the file meanwhile.
    func follow(_ writer: ChangeWriter?) { self.writer = writer }

    /// Asks for all before a sample to go, by hand.
    func prune(before sample: Int64) {
        goal = sample
        reason = .byHand
        phase = .samples
        unswept = .max / 2
    }

    /// Asks for all hours before one to go, by hand.
    func prune(hoursBefore hour: Int64) {
        reason = .byHand
        phase = .hours(before: hour)
    }

    /// Does one step, outside of a transaction; false when there is nothing to do. `now` is the
    /// wall clock, µs.
    func step(_ database: Database, now: Int64) throws -> Bool {
        guard let lowest = try Horizon.lowest(database) else { return false }
        let size = try FileSize(database, path: path)
        if let most = policy.maxBytes, size.pages * size.pageBytes > most / 100 * 93,
            size.freePages > 0
        {
            return try vacuum(database)
        }
        switch phase {
        case .idle:
            guard try plan(database, lowest, size, now: now) else {
                guard size.freePages > max(256, size.pages / 16) else { return false }
                return try vacuum(database)
            }
        case .samples: try takeSamples(database, lowest, now: now)
        case .connections(let after): try takeConnections(database, lowest, after, now: now)
        case .table(let index, let after): try takeRows(database, lowest, index, after, now: now)
        case .interned: try takeInterned(database, lowest, now: now)
        case .hours(let hour): try takeHours(database, before: hour, now: now)
        }
        return true
    }

    // MARK: What goes next

    private func plan(
        _ database: Database, _ lowest: Horizon, _ size: FileSize, now: Int64
    ) throws -> Bool {
        guard reason != .byHand else { return false }
        if isUnsure {
            isUnsure = false
            phase = .connections(after: .min)
            return true
        }
        let floor = try floor(database)
        if let most = policy.maxBytes, size.usedBytes > most / 100 * 88 {
            reason = .size
            if floor > lowest.sample {
                let wanted = lowest.sample + max(1, (floor - lowest.sample) / 32)
                return try begin(database, min(floor, wanted), above: lowest.sample)
            }
            if unswept > 0 { return sweep() }
            if let hour = try oldestHour(database) { return begin(hoursBefore: hour + 1) }
            isExhausted = size.usedBytes > most / 100 * 95
        } else {
            isExhausted = false
        }
        reason = .age
        if let keep = policy.keepMicroseconds {
            let wanted = min(floor, max(lowest.sample, try sample(database, from: now - keep)))
            if wanted - lowest.sample >= max(1, min(60, (floor - lowest.sample) / 16)) {
                return try begin(database, wanted, above: lowest.sample)
            }
        }
        if let keep = policy.keepRollupsMicroseconds {
            let hour = (now - keep) / WallHours.length
            if let oldest = try oldestHour(database), oldest < hour {
                return begin(hoursBefore: oldest + 1)
            }
        }
        return false
    }

    private func begin(_ database: Database, _ wanted: Int64, above lowest: Int64) throws -> Bool {
        guard let horizon = try Horizon.sound(database, atMost: wanted, above: lowest) else {
            return false
        }
        goal = horizon.sample
        phase = .samples
        return true
    }

    private func begin(hoursBefore hour: Int64) -> Bool {
        phase = .hours(before: hour)
        return true
    }

    private func sweep() -> Bool {
        phase = .interned
        return true
    }

    /// The last sample before which all may go.
    private func floor(_ database: Database) throws -> Int64 {
        let sql = """
            WITH newest AS (
              SELECT sample_id, recording_id, sampled_us FROM sample
              ORDER BY sample_id DESC LIMIT 1)
            SELECT coalesce(
              (SELECT s.sample_id FROM sample AS s, newest AS n
               WHERE s.sampled_us <= n.sampled_us - ?1 AND s.recording_id = n.recording_id
               ORDER BY s.sampled_us DESC, s.sample_id DESC LIMIT 1),
              (SELECT min(s.sample_id) FROM sample AS s, newest AS n
               WHERE s.recording_id = n.recording_id))
            """
        return try Int64.fetchOne(database, sql: sql, arguments: [Self.youngest]) ?? .min
    }

    private func sample(_ database: Database, from moment: Int64) throws -> Int64 {
        let sql = "SELECT max(sample_id) + 1 FROM sample WHERE sampled_us < ?"
        return try Int64.fetchOne(database, sql: sql, arguments: [moment]) ?? .min
    }

    private func oldestHour(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: HourRows.oldestSQL)
    }

    // MARK: Steps

    private func takeSamples(_ database: Database, _ lowest: Horizon, now: Int64) throws {
        let next = min(goal, lowest.sample + Self.samplesAStep)
        let end =
            next >= goal
            ? try Horizon(database, from: goal)
            : try Horizon.sound(database, atMost: next, above: lowest.sample)
                ?? Horizon(database, from: next)
        if lowest.sample < goal, let end, end.sample > lowest.sample {
            try transaction(database) {
                var rollup = SampleRollup(database)
                try rollup.add(from: lowest.sample, to: end)
                try SampleRows(database, from: lowest, to: end).take(log(database, now))
            }
            guard end.sample >= goal else { return }
        }
        phase = .connections(after: .min)
    }

    private func takeConnections(
        _ database: Database, _ lowest: Horizon, _ after: Int64, now: Int64
    ) throws {
        let table = PrunedTable(
            name: "ended_connection", key: "connection_id", end: "")
        let last = try table.last(database, after: after, count: Int(Self.connectionsAStep))
        guard let last, after < lowest.nextConnection else {
            phase = .table(0, after: .min)
            return
        }
        try transaction(database) {
            try note(database, now) {
                var rollup = try ConnectionRollup(database)
                let rows = try rollup.take(above: after, to: last, before: lowest)
                unswept += rows
                return rows
            }
        }
        phase = .connections(after: last)
    }

    private func takeRows(
        _ database: Database, _ lowest: Horizon, _ index: Int, _ after: Int64, now: Int64
    ) throws {
        guard index < PrunedTable.all.count else {
            let held = (try newestConnection(database)) - lowest.nextConnection
            let isDue = lowest.recording != sweptRecording || unswept > max(20_000, held / 8)
            phase = unswept > 0 && isDue ? .interned : .idle
            return
        }
        let table = PrunedTable.all[index]
        guard let last = try table.last(database, after: after, count: Self.rowsAStep) else {
            phase = .table(index + 1, after: .min)
            return
        }
        try transaction(database) {
            try note(database, now) {
                try table.take(database, above: after, to: last, before: lowest)
            }
        }
        phase = .table(index, after: last)
    }

    private func newestConnection(_ database: Database) throws -> Int64 {
        let sql = "SELECT next_connection_id FROM sample ORDER BY sample_id DESC LIMIT 1"
        return try Int64.fetchOne(database, sql: sql) ?? 0
    }

    private func takeInterned(_ database: Database, _ lowest: Horizon, now: Int64) throws {
        let inUse = writer?.addressesInUse ?? []
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
        try transaction(database) {
            if interned == nil {
                writer?.watchAddresses()
                interned = try InternedRows(database)
            }
            try note(database, now) {
                guard let rows = try interned?.step(database, before: lowest, inUse: inUse) else {
                    interned = nil
                    return 0
                }
                return rows
            }
        }
        guard interned == nil else { return }
        writer?.stopWatching()
        unswept = 0
        sweptRecording = lowest.recording
        phase = .idle
    }

    private func takeHours(_ database: Database, before hour: Int64, now: Int64) throws {
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
        try transaction(database) {
            try HourRows(database, before: hour).take(log(database, now), told: observer)
        }
        phase = .idle
    }

    private func vacuum(_ database: Database) throws -> Bool {
        let before = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let rows = try Row.fetchCursor(
            database, sql: "PRAGMA incremental_vacuum(\(Self.pagesAStep))")
        while try rows.next() != nil {}
        return (try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0) < before
    }

    // MARK: Together

    private func log(_ database: Database, _ now: Int64) -> PruningLog {
        PruningLog(database: database, reason: reason, now: now)
    }

    private func note(_ database: Database, _ now: Int64, _ body: () throws -> Int64) throws {
        let gone = try log(database, now).note(.details, nil, body)
        observer?(gone.rows, gone.bytes)
    }

    private func transaction(_ database: Database, _ body: () throws -> Void) throws {
        do {
            try database.inTransaction(.immediate) {
                try body()
                return .commit
            }
        } catch {
            interned = nil
            writer?.stopWatching()
            writer?.forget()
            phase = .idle
            isUnsure = true
            throw error
        }
    }
}
