import GRDB

/// Takes connections that are over out of the details and adds what they said to their hours.
struct ConnectionRollup {
    /// A recording's groups are told apart up to this many: names and ports are anyone's choice.
    static let mostGroups: Int64 = 10_000

    private static let scanSQL = """
        SELECT c.connection_id, c.recording_id, c.netns, c.role, c.process_id,
          CASE c.role WHEN 1 THEN c.peer_port WHEN 2 THEN c.local_port
            ELSE min(c.local_port, c.peer_port) END,
          c.closed_by, c.close_kind, c.attempted_min_us, c.attempted_max_us, c.opened_min_us,
          c.opened_max_us, c.closed_min_us, c.closed_max_us, c.tw_entered_min_us,
          c.tw_entered_max_us, c.tw_left_min_us, c.tw_left_max_us, c.tw_ended_by, c.bytes_sent,
          c.bytes_received, c.has_spans
        FROM stored_connection AS c
        WHERE c.connection_id > ?1 AND c.connection_id <= ?2 AND \(Horizon.connectionIsOver)
        ORDER BY c.connection_id
        """
    private static let connectionHourSQL = """
        INSERT INTO connection_hour VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET attempted = attempted + excluded.attempted,
          opened = opened + excluded.opened, closed = closed + excluded.closed,
          failed = failed + excluded.failed,
          bytes_sent = coalesce(bytes_sent + excluded.bytes_sent, bytes_sent, excluded.bytes_sent),
          bytes_received = coalesce(bytes_received + excluded.bytes_received, bytes_received,
            excluded.bytes_received)
        """
    private static let durationHourSQL = """
        INSERT INTO duration_hour VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET number = number + excluded.number,
          total_us = total_us + excluded.total_us
        """

    private struct Hour: Hashable {
        var hour: Int64
        var group: Int64
    }

    private struct Counts {
        var attempted: Int64 = 0
        var opened: Int64 = 0
        var closed: Int64 = 0
        var failed: Int64 = 0
        var sent: Int64?
        var received: Int64?
    }

    private struct Bin: Hashable {
        var hour: Hour
        var kind: Int64
        var ended: Int64
        var censored: Int64
        var bits: Int64
    }

    private let database: Database
    private var hours: WallHours
    private var groups: HourGroups
    private var counts: [Hour: Counts] = [:]
    private var durations: [Bin: (number: Int64, total: Int64)] = [:]
    private var gone: [(id: Int64, hasSpans: Bool)] = []

    init(_ database: Database) throws {
        self.database = database
        hours = WallHours(database)
        groups = try HourGroups(database)
    }

    /// Takes those that are over with ids from above `low` to `high`; how many rows went.
    mutating func take(above low: Int64, to high: Int64, before horizon: Horizon) throws -> Int64 {
        let numbers = [low, high, horizon.sample, horizon.recording, horizon.moment]
        try NumberScan(database, Self.scanSQL, numbers).rows { try add($0) }
        try write()
        return try remove()
    }

    private mutating func add(_ row: NumberScan.Row) throws {
        guard let id = row[0], let recording = row[1] else { return }
        gone.append((id, row[21] == 1))
        let group = try groups.number(row)
        func bounds(_ column: Int) -> (least: Int64?, most: Int64?) {
            (row[column], row[column + 1])
        }
        let (attempted, opened, closed) = (bounds(8), bounds(10), bounds(12))
        if let middle = Self.middle(attempted) {
            try count(middle, recording, group) { $0.attempted += 1 }
        }
        if let middle = Self.middle(opened) {
            try count(middle, recording, group) { $0.opened += 1 }
        }
        if let end = Self.middle(closed) ?? closed.least ?? closed.most {
            try count(end, recording, group) { counts in
                if opened.most == nil { counts.failed += 1 }
                if opened.most != nil, closed.most != nil { counts.closed += 1 }
                if let sent = row[19] { counts.sent = (counts.sent ?? 0) + sent }
                if let received = row[20] { counts.received = (counts.received ?? 0) + received }
            }
            if opened.most != nil {
                try measure(from: opened, to: closed, at: end, recording, group, kind: 0)
            }
        }
        let left = bounds(16)
        if row[15] != nil, let ended = row[18], let end = Self.middle(left) ?? left.least {
            try measure(
                from: bounds(14), to: left, at: end, recording, group, kind: 1, ended: ended)
        }
    }

    private mutating func count(
        _ moment: Int64, _ recording: Int64, _ group: Int64, _ body: (inout Counts) -> Void
    ) throws {
        let hour = Hour(hour: try hours.hour(of: moment, in: recording), group: group)
        body(&counts[hour, default: Counts()])
    }

    /// The midpoint of what the bounds allow; where one of them is missing the least.
    private mutating func measure(
        from: (least: Int64?, most: Int64?), to: (least: Int64?, most: Int64?), at moment: Int64,
        _ recording: Int64, _ group: Int64, kind: Int64, ended: Int64 = 0
    ) throws {
        let least = max(0, (to.least ?? to.most ?? 0) - (from.most ?? 0))
        var duration = least
        if let begin = from.least, let end = to.most { duration = (least + end - begin) / 2 }
        let censored: Int64 = (from.least == nil ? 1 : 0) + (to.most == nil ? 2 : 0)
        let bin = Bin(
            hour: Hour(hour: try hours.hour(of: moment, in: recording), group: group), kind: kind,
            ended: ended, censored: censored,
            bits: Int64(Int64.bitWidth - max(0, duration).leadingZeroBitCount))
        durations[bin, default: (0, 0)].number += 1
        durations[bin, default: (0, 0)].total += duration
    }

    private static func middle(_ bounds: (least: Int64?, most: Int64?)) -> Int64? {
        bounds.least.flatMap { least in bounds.most.map { least + ($0 - least) / 2 } }
    }

    private func write() throws {
        let connection = try BoundStatement(database, Self.connectionHourSQL)
        for (hour, counts) in counts {
            connection.bind(hour.hour)
            connection.bind(hour.group)
            for number in [counts.attempted, counts.opened, counts.closed, counts.failed] {
                connection.bind(number)
            }
            connection.bind(counts.sent)
            connection.bind(counts.received)
            try connection.run()
        }
        let duration = try BoundStatement(database, Self.durationHourSQL)
        for (bin, sum) in durations {
            for number in [bin.hour.hour, bin.hour.group, bin.kind, bin.ended, bin.censored] {
                duration.bind(number)
            }
            for number in [bin.bits, sum.number, sum.total] { duration.bind(number) }
            try duration.run()
        }
    }

    private func remove() throws -> Int64 {
        let connection = try BoundStatement(
            database, "DELETE FROM ended_connection WHERE connection_id = ?")
        let span = try BoundStatement(database, "DELETE FROM span WHERE connection_id = ?")
        let owner = try BoundStatement(
            database, "DELETE FROM further_owner WHERE connection_id = ?")
        let before = database.totalChangesCount
        for (id, hasSpans) in gone {
            connection.bind(id)
            try connection.run()
            owner.bind(id)
            try owner.run()
            guard hasSpans else { continue }
            span.bind(id)
            try span.run()
        }
        return Int64(database.totalChangesCount - before)
    }
}
