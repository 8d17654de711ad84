import Model

/// Flows gathered into groups, and what can be told of each.
struct FlowGroups {
    private let tally: FlowTally
    private let sides: SideTable
    private let patience: Int64

    /// A group's flows, and of what they made the moments.
    private struct Group {
        var flows: [Int] = []
        var opened: Int64 = 0
        var begins: [Int64] = []
        var ends: [Int64] = []
        var lengths: [Int64] = []
        var followed: Int64 = 0
        var reusable: Int64 = 0
    }

    init(_ tally: FlowTally, sides: SideTable, patience: Int64) {
        self.tally = tally
        self.sides = sides
        self.patience = patience
    }

    /// The largest groups, each one of its sides, its peer and its numbers.
    func cell(by grouping: FlowsQuery.Group, top: Int64?) -> Cell {
        var groups = largest(by: grouping, top: top)
        var owners = Array(repeating: -1, count: tally.courses.count)
        for (index, group) in groups.enumerated() {
            for flow in group.flows { owners[flow] = index }
        }
        for life in tally.lives {
            let owner = owners[Int(life.flow)]
            guard owner >= 0 else { continue }
            groups[owner].begins.append(life.opened)
            groups[owner].ends.append(life.closed)
            if life.length >= 0 { groups[owner].lengths.append(life.length) }
        }
        addSuccessors(to: &groups, owners)
        return GroupedRows.cell(groups.map { row($0) })
    }

    private func largest(by grouping: FlowsQuery.Group, top: Int64?) -> [Group] {
        var groups: [FlowTally.Flow: Group] = [:]
        for (index, course) in tally.courses.enumerated() {
            let side = sides[course.side]
            let key =
                switch grouping {
                case .process: FlowTally.Flow(service: side.name, peer: 0)
                case .peer: FlowTally.Flow(service: 0, peer: course.flow.peer)
                case .port: FlowTally.Flow(service: side.port, peer: 0)
                case .flow: course.flow
                }
            groups[key, default: Group()].flows.append(index)
            groups[key]?.opened += course.opened
        }
        return GroupedRows.largest(Array(groups.values), top: top) { $0.opened }
    }

    /// Counts the ends that a successor of their own flow follows.
    private func addSuccessors(to groups: inout [Group], _ owners: [Int]) {
        // One flow's lives beside each other.
        var starts = Array(repeating: 0, count: tally.courses.count + 1)
        for life in tally.lives { starts[Int(life.flow) + 1] += 1 }
        for flow in tally.courses.indices { starts[flow + 1] += starts[flow] }
        var next = starts
        var places = Array(repeating: Int32(0), count: tally.lives.count)
        for (index, life) in tally.lives.enumerated() {
            places[next[Int(life.flow)]] = Int32(index)
            next[Int(life.flow)] += 1
        }
        for flow in tally.courses.indices where owners[flow] >= 0 {
            let lives = places[starts[flow]..<starts[flow + 1]].map { tally.lives[Int($0)] }
            let ends = lives.filter(\.isReusable).map(\.closed).sorted()
            guard !ends.isEmpty else { continue }
            groups[owners[flow]].reusable += Int64(ends.count)
            groups[owners[flow]].followed += Overlap.followed(
                begins: lives.map(\.opened).sorted(), ends: ends, within: patience)
        }
    }

    private func row(_ group: Group) -> [Int64?] {
        func sum(_ number: (FlowTally.Course) -> Int64) -> Int64 {
            group.flows.reduce(0) { $0 + number(tally.courses[$1]) }
        }
        let first = group.flows.first.map { tally.courses[$0] }
        return [
            first?.side, first?.flow.peer, group.opened,
            Overlap.most(begins: group.begins.sorted(), ends: group.ends.sorted())?.number,
            GroupedRows.median(group.lengths), group.followed, group.reusable, sum(\.sent),
            sum(\.sentKnown), sum(\.received), sum(\.receivedKnown), sum(\.byLocal), sum(\.closed),
        ]
    }
}
