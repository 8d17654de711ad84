import Model

/// Flows gathered into groups, and what can be told of each.
struct FlowGroups {
    private let tally: FlowTally
    private let sides: SideTable
    private let patience: Int64

    /// A group's flows.
    private struct Group {
        var key: Int64
        var peer: Int64
        var courses: [FlowTally.Course] = []
        var opened: Int64 { courses.reduce(0) { $0 + Int64($1.lives.count) } }
    }

    init(_ tally: FlowTally, sides: SideTable, patience: Int64) {
        self.tally = tally
        self.sides = sides
        self.patience = patience
    }

    /// The largest groups, each one of its sides, its peer and its numbers.
    func cell(by grouping: FlowsQuery.Group, top: Int64?) -> Cell {
        var groups: [FlowTally.Flow: Group] = [:]
        for (flow, course) in tally.flows {
            let side = sides[course.side]
            let key =
                switch grouping {
                case .process: FlowTally.Flow(service: side.name, peer: 0)
                case .peer: FlowTally.Flow(service: 0, peer: flow.peer)
                case .port: FlowTally.Flow(service: side.port, peer: 0)
                case .flow: flow
                }
            groups[key, default: Group(key: course.side, peer: flow.peer)].courses.append(course)
        }
        let largest = CountedRows.largest(Array(groups.values), top: top) { $0.opened }
        return CountedRows.cell(largest.lazy.map { row($0) })
    }

    private func row(_ group: Group) -> [Int64?] {
        let lives = group.courses.flatMap(\.lives)
        let most = Sweep.most(
            begins: lives.map(\.opened).sorted(), ends: lives.map(\.closed).sorted())
        var (followed, ends): (Int64, Int64) = (0, 0)
        for course in group.courses {
            let reusable = course.lives.filter(\.isReusable).map(\.closed).sorted()
            ends += Int64(reusable.count)
            followed += Sweep.followed(
                begins: course.lives.map(\.opened).sorted(), ends: reusable, within: patience)
        }
        func sum(_ number: (FlowTally.Course) -> Int64) -> Int64 {
            group.courses.reduce(0) { $0 + number($1) }
        }
        return [
            group.key, group.peer, group.opened, most?.number,
            CountedRows.median(lives.compactMap(\.length)), followed, ends, sum(\.sent),
            sum(\.sentKnown), sum(\.received), sum(\.receivedKnown), sum(\.byLocal), sum(\.closed),
        ]
    }
}
