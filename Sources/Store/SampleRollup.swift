import GRDB

/// Adds what samples said to their hours: how many there were, states, counters, coverage.
struct SampleRollup {
    private static let samplesSQL = """
        SELECT recording_id, sampled_us, complete, fd_allocated FROM sample
        WHERE sample_id >= ?1 AND sample_id < ?2 ORDER BY sample_id
        """
    private static let namespacesSQL = """
        SELECT s.recording_id, n.netns, s.sample_id, s.sampled_us,
          n.active_opens, n.passive_opens, n.attempt_fails, n.estab_resets, n.retrans_segs,
          n.listen_overflows, n.listen_drops, n.time_wait_entries, n.time_wait_overflow,
          n.active_recorded, n.passive_recorded, n.unattributed,
          n.total, n.established, n.syn_sent, n.syn_recv, n.fin_wait1, n.fin_wait2, n.time_wait,
          n.close_wait, n.last_ack, n.listen, n.closing
        FROM namespace_sample AS n CROSS JOIN sample AS s ON s.sample_id = n.sample_id
        WHERE n.sample_id >= ?1 AND n.sample_id <= ?2 ORDER BY n.sample_id, n.netns
        """
    private static let sampleHourSQL = """
        INSERT INTO sample_hour VALUES (?, ?, ?, ?, 1, ?, ?)
        ON CONFLICT DO UPDATE SET until_us = excluded.until_us, samples = samples + 1,
          complete = complete + excluded.complete,
          handles_peak = max(coalesce(handles_peak, excluded.handles_peak),
            coalesce(excluded.handles_peak, handles_peak))
        """
    private static let stateHourSQL = """
        INSERT INTO state_hour VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET samples = samples + excluded.samples,
          total = total + excluded.total, peak = max(peak, excluded.peak)
        """
    private static let counterHourSQL = """
        INSERT INTO counter_hour VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET increase = increase + excluded.increase
        """
    private static let coverageHourSQL = """
        INSERT INTO coverage_hour VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET from_us = min(from_us, excluded.from_us),
          until_us = max(until_us, excluded.until_us),
          active_kernel = active_kernel + excluded.active_kernel,
          active_recorded = active_recorded + excluded.active_recorded,
          passive_kernel = passive_kernel + excluded.passive_kernel,
          passive_recorded = passive_recorded + excluded.passive_recorded,
          unattributed = unattributed + excluded.unattributed
        """
    /// The states in the order of the columns, 0 for all.
    private static let states: [Int64] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11]

    private struct Place: Hashable {
        var recording: Int64
        var netns: Int64
        var hour: Int64
    }

    private struct StateSum {
        var samples: Int64 = 0
        var total: Int64 = 0
        var peak: Int64 = 0
    }

    private let database: Database
    private var hours: WallHours
    private var stateSums: [Place: [StateSum]] = [:]
    private var increases: [Place: [Int64?]] = [:]
    private var readings: [Place: CounterSteps] = [:]

    init(_ database: Database) {
        self.database = database
        hours = WallHours(database)
    }

    /// Adds the samples from the first up to the horizon; the steps of counters up to its own.
    mutating func add(from first: Int64, to horizon: Horizon) throws {
        try addSamples(first, horizon.sample)
        try NumberScan(database, Self.namespacesSQL, [first, horizon.sample]).rows { row in
            try add(row, isBefore: (row[2] ?? 0) < horizon.sample)
        }
        try writeStates()
        try writeCounters()
        try writeCoverage()
    }

    private mutating func addSamples(_ first: Int64, _ end: Int64) throws {
        let insert = try BoundStatement(database, Self.sampleHourSQL)
        try NumberScan(database, Self.samplesSQL, [first, end]).rows { row in
            guard let recording = row[0], let moment = row[1] else { return }
            insert.bind(try hours.hour(of: moment, in: recording))
            insert.bind(recording)
            insert.bind(moment)
            insert.bind(moment)
            insert.bind(row[2])
            insert.bind(row[3])
            try insert.run()
        }
    }

    private mutating func add(_ row: NumberScan.Row, isBefore: Bool) throws {
        guard let recording = row[0], let netns = row[1], let moment = row[3] else { return }
        let hour = try hours.hour(of: moment, in: recording)
        let place = Place(recording: recording, netns: netns, hour: hour)
        if isBefore {
            var sums = stateSums[place] ?? Self.states.map { _ in StateSum() }
            for index in Self.states.indices {
                guard let number = row[16 + index] else { continue }
                sums[index].samples += 1
                sums[index].total += number
                sums[index].peak = max(sums[index].peak, number)
            }
            stateSums[place] = sums
        }
        let whole = Place(recording: recording, netns: netns, hour: 0)
        let grown = readings[whole, default: CounterSteps()].add(row, at: moment, hour: hour)
        var increase = increases[place] ?? grown.map { _ in nil }
        for (index, more) in grown.enumerated() where more != nil {
            increase[index] = (increase[index] ?? 0) + (more ?? 0)
        }
        increases[place] = increase
    }

    private func writeStates() throws {
        let insert = try BoundStatement(database, Self.stateHourSQL)
        for (place, sums) in stateSums {
            for (state, sum) in zip(Self.states, sums) where sum.samples > 0 {
                for number in [place.hour, place.recording, place.netns, state] {
                    insert.bind(number)
                }
                for number in [sum.samples, sum.total, sum.peak] { insert.bind(number) }
                try insert.run()
            }
        }
    }

    private func writeCounters() throws {
        let insert = try BoundStatement(database, Self.counterHourSQL)
        for (place, numbers) in increases {
            for (counter, increase) in numbers.enumerated() where increase != nil {
                for number in [place.hour, place.recording, place.netns, Int64(counter)] {
                    insert.bind(number)
                }
                insert.bind(increase)
                try insert.run()
            }
        }
    }

    private func writeCoverage() throws {
        let insert = try BoundStatement(database, Self.coverageHourSQL)
        for (place, reading) in readings {
            for step in reading.finished {
                for number in [step.hour, place.recording, place.netns, step.from, step.until] {
                    insert.bind(number)
                }
                insert.bind(step.activeKernel)
                insert.bind(step.recorded[0])
                insert.bind(step.passiveKernel)
                insert.bind(step.recorded[1])
                insert.bind(step.recorded[2])
                try insert.run()
            }
        }
    }
}
