import Model
import Store

/// How many sockets were in each state over a range, in one pass over its samples.
struct StatesTally {
    /// The states in the order that tables show them in, as `StatesQuery` spells them.
    private static let states = [
        "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT",
        "LAST-ACK", "CLOSING", "LISTEN",
    ]
    private static let counted = """
        FROM sample AS s JOIN namespace_sample AS n ON n.sample_id = s.sample_id
        WHERE s.sampled_us BETWEEN ? AND ?
        """
    private static let rowsSQL = """
        SELECT s.sampled_us, s.sample_id, n.established, n.syn_sent, n.syn_recv, n.fin_wait1,
          n.fin_wait2, n.time_wait, n.close_wait, n.last_ack, n.closing, n.listen
        \(counted) ORDER BY s.sampled_us, s.sample_id
        """
    private static let firstSQL = """
        SELECT s.sampled_us \(counted) AND n.established IS NOT NULL
        ORDER BY s.sampled_us LIMIT 1
        """
    private static let lastSQL = """
        SELECT s.sampled_us \(counted) AND n.established IS NOT NULL
        ORDER BY s.sampled_us DESC LIMIT 1
        """
    private static let fewSQL = """
        SELECT count(*) FROM (SELECT DISTINCT s.sample_id \(counted)
          AND n.established IS NOT NULL LIMIT ?)
        """

    /// What is known of one state.
    private struct Course {
        var least = Int64.max
        var most = Int64.min
        var sum: Int64 = 0
        var number: Int64 = 0
        var latest: Int64?
        /// The most in each part of the range.
        var peaks: [Int64?]
    }

    private let first: Int64
    private let length: Int64
    private let parts: Int64
    private var courses: [Course]

    /// Counts the samples of a range; the peaks are those of at most `slots` equal parts of it.
    init(_ session: Session, _ range: AxisRange, slots: Int64) throws {
        let database = session.database
        func number(_ sql: String, _ more: [Int64] = []) throws -> Int64? {
            var result: Int64?
            let scan = try NumberScan(database, sql, [range.since, range.until] + more)
            try scan.rows { result = $0.plain(0) }
            return result
        }
        let first = try number(Self.firstSQL) ?? 0
        self.first = first
        length = try (number(Self.lastSQL) ?? 0) - first + 1
        // Parts of one and a half intervals: only a gap leaves one empty.
        let samples = try number(Self.fewSQL, [2 * slots + 2]) ?? 0
        let parts = max(1, min(slots, (samples - 1) * 2 / 3))
        self.parts = parts
        courses = Self.states.map { _ in Course(peaks: Array(repeating: nil, count: Int(parts))) }
        guard samples > 0 else { return }
        var sums = [Int64?](repeating: nil, count: Self.states.count)
        var sample: (id: Int64, moment: Int64)?
        let scan = try NumberScan(database, Self.rowsSQL, [range.since, range.until])
        try scan.rows { row in
            guard let moment = row.plain(0), let id = row[1] else { return }
            if let sample, sample.id != id {
                add(&sums, at: sample.moment)
            }
            sample = (id, moment)
            for place in sums.indices {
                if let number = row.plain(place + 2) { sums[place] = (sums[place] ?? 0) &+ number }
            }
        }
        if let sample { add(&sums, at: sample.moment) }
    }

    /// Takes a sample's counts, and empties them.
    private mutating func add(_ sums: inout [Int64?], at moment: Int64) {
        guard sums[0] != nil else {
            for place in sums.indices { sums[place] = nil }
            return
        }
        let slot = max(0, min(Int(parts) - 1, Int((moment - first) * parts / max(1, length))))
        for place in sums.indices {
            courses[place].latest = sums[place]
            guard let number = sums[place] else { continue }
            sums[place] = nil
            courses[place].least = min(courses[place].least, number)
            courses[place].most = max(courses[place].most, number)
            courses[place].sum &+= number
            courses[place].number += 1
            courses[place].peaks[slot] = max(courses[place].peaks[slot] ?? number, number)
        }
    }

    /// A row for each state that occurred, as JSON: place, state, least, mean, most, latest, peaks.
    var cell: Cell {
        let rows = zip(Self.states, courses).enumerated().compactMap { place, entry -> String? in
            let (state, course) = entry
            guard course.most > 0 else { return nil }
            let mean = Double(course.sum) / Double(course.number)
            let peaks = course.peaks.map { $0.map { "\($0)" } ?? "null" }
            return "[\(place + 1),\"\(state)\",\(course.least),\(mean),\(course.most),"
                + "\(course.latest.map { "\($0)" } ?? "null"),[\(peaks.joined(separator: ","))]]"
        }
        return .text("[" + rows.joined(separator: ",") + "]")
    }
}
