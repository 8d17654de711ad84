import GRDB

// Samples come in the order of their times, and each knows at least as many connections as the one
// before. Where one does not, the fewest are left out that leave the others in order: a single wrong
// time must not cost all that follow.
extension Salvage {
    /// Leaves out the samples that stand in the way of all others.
    func keepOrder() throws {
        let recordings = try Int64.fetchAll(database, sql: "SELECT recording_id FROM recording")
        for recording in recordings {
            try keep(
                """
                SELECT sample_id, sampled_us FROM sample WHERE recording_id = ? ORDER BY sample_id
                """, [recording])
        }
        try keep("SELECT sample_id, next_connection_id FROM sample ORDER BY sample_id", [])
    }

    private func keep(_ sql: String, _ arguments: StatementArguments) throws {
        let rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
        let kept = Set(Self.longestRise(in: rows.map { $0[1] }))
        for (place, row) in rows.enumerated() where !kept.contains(place) {
            let sample: Int64 = row[0]
            for table in ["missed", "namespace_sample", "sample"] {
                try remove(table, "sample_id = \(sample)")
            }
        }
    }

    /// The places of a longest subsequence that never falls (Fredman 1975).
    static func longestRise(in numbers: [Int64]) -> [Int] {
        // The place that ends the best rise of each length, and what came before each place.
        var ends: [Int] = []
        var before = [Int?](repeating: nil, count: numbers.count)
        for (place, number) in numbers.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[ends[middle]] <= number { low = middle + 1 } else { high = middle }
            }
            before[place] = low > 0 ? ends[low - 1] : nil
            if low == ends.count { ends.append(place) } else { ends[low] = place }
        }
        var rise: [Int] = []
        var place = ends.last
        while let next = place {
            rise.append(next)
            place = before[next]
        }
        return rise.reversed()
    }
}
