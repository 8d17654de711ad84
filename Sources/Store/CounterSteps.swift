/// What one namespace's counters did from one reading to the next, as the view `coverage_steps`
/// tells it: the first reading only says where they stood, a sample that could not read them is
/// held against the next that could, and a counter that went backwards leaves its part unknown.
struct CounterSteps {
    /// From one reading to the next.
    struct Step {
        var hour: Int64
        var from: Int64
        var until: Int64
        var activeKernel: Int64?
        var passiveKernel: Int64?
        /// As client, as server, of unknown role.
        var recorded: [Int64]
    }

    private var last: [Int64?] = Array(repeating: nil, count: 9)
    private var reading: (at: Int64, active: Int64, passive: Int64)?
    private var pending: [Int64] = [0, 0, 0]
    private var steps: [Step] = []
    /// Where nothing is ever read each sample is a step of its own.
    private var unread: [Step] = []
    private var before: Int64?

    /// All steps that ended.
    var finished: [Step] { reading == nil ? unread : steps }

    /// Takes the next sample; by how much each counter grew since it was read last.
    mutating func add(_ row: NumberScan.Row, at moment: Int64, hour: Int64) -> [Int64?] {
        var grown: [Int64?] = []
        for index in last.indices {
            let now = row[4 + index]
            let more = now.flatMap { now in last[index].map { now - $0 } }
            grown.append(more.flatMap { $0 >= 0 ? $0 : nil })
            if now != nil { last[index] = now }
        }
        let recorded = (0..<3).map { row[13 + $0] ?? 0 }
        for index in recorded.indices { pending[index] += recorded[index] }
        if let before, reading == nil {
            unread.append(Step(hour: hour, from: before, until: moment, recorded: recorded))
        }
        before = moment
        guard let active = row[4], let passive = row[5] else { return grown }
        if let reading {
            steps.append(
                Step(
                    hour: hour, from: reading.at, until: moment,
                    activeKernel: active >= reading.active ? active - reading.active : nil,
                    passiveKernel: passive >= reading.passive ? passive - reading.passive : nil,
                    recorded: pending))
        }
        reading = (moment, active, passive)
        pending = [0, 0, 0]
        return grown
    }
}
