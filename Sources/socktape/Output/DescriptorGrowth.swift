import Model
import Queries
import Statistics

/// How the descriptors of each process, and of the host, grow over a range.
struct DescriptorGrowth {
    /// How many equal instants of what was seen a slope rests on.
    static let instants: Int64 = 60
    /// Fewer values one after the other cannot be told from chance at 95 %.
    static let fewest = 5

    /// What is known of one growth.
    struct Growth {
        /// Descriptors an hour.
        let line: TheilSen
        /// How many stays at one value were seen.
        let stays: Int

        /// In words.
        var trend: String {
            switch line.direction {
            case nil: "not growing"
            case _ where stays < DescriptorGrowth.fewest: "unclear"
            case .rising: "growing"
            case .falling: "falling"
            }
        }
    }

    /// A step function as it was recorded.
    private struct Steps {
        var from: [Int64] = []
        var until: Int64?
        var values: [Double] = []

        /// The value at a moment; nil before the first.
        func value(at moment: Int64) -> Double? {
            var (low, high) = (0, from.count)
            while low < high {
                let middle = (low + high) / 2
                if from[middle] <= moment { low = middle + 1 } else { high = middle }
            }
            return low > 0 ? values[low - 1] : nil
        }
    }

    private static let hour = 3_600_000_000.0

    private let range: AxisRange
    private let gaps: [(from: Int64, until: Int64)]
    /// By `process_id`; of the host where there is none.
    private var steps: [Int64?: Steps] = [:]

    init(_ desk: Desk, _ scope: Scope, _ values: Question) throws {
        range = scope.range
        gaps = try desk.session.all(GapsQuery(scope).stretches).compactMap { row in
            row[0].integer.flatMap { from in row[1].integer.map { (from, $0) } }
        }
        let rows = try desk.session.rows(values)
        while let row = try rows.next() {
            guard let from = row[1].integer, let value = row[3].real else { continue }
            let process = row[0].integer
            steps[process, default: Steps()].from.append(from)
            steps[process]?.values.append(value)
            steps[process]?.until = row[2].integer
        }
    }

    /// How a process's descriptors grow, or the host's; nil where too little was seen.
    func of(_ process: Int64?) -> Growth? {
        guard let steps = steps[process], let first = steps.from.first, let last = steps.from.last
        else { return nil }
        let begin = max(range.since, first)
        let end = process == nil ? last : min(range.until, steps.until ?? range.until)
        guard end > begin else { return nil }
        var points: [(x: Double, y: Double)] = []
        for index in 0..<Self.instants {
            let moment = begin + (end - begin) * index / (Self.instants - 1)
            // What a gap hides is not known.
            if gaps.contains(where: { $0.from < moment && moment < $0.until }) { continue }
            guard let value = steps.value(at: moment) else { continue }
            points.append((Double(moment - begin) / Self.hour, value))
        }
        guard points.count >= Self.fewest, let line = TheilSen(points) else { return nil }
        return Growth(line: line, stays: steps.values.count)
    }
}
