/// How a figure came near to its limit: one point.
package struct LimitPoint: Sendable {
    /// The limit's name.
    package var name: String
    package var namespace: String?
    package var netns: Int64?
    /// The most seen about that moment, and the limit then.
    package var at: Int64
    package var value: Int64
    package var limit: Int64

    package init(
        name: String, namespace: String?, netns: Int64?, at: Int64, value: Int64, limit: Int64
    ) {
        self.name = name
        self.namespace = namespace
        self.netns = netns
        self.at = at
        self.value = value
        self.limit = limit
    }

    init?(_ row: SeenRow) {
        guard let name = row.text("name"), let at = row.integer("at_us"),
            let value = row.integer("value"), let limit = row.integer("limit_value"), limit > 0
        else { return nil }
        self.init(
            name: name, namespace: row.text("namespace"), netns: row.integer("netns"), at: at,
            value: value, limit: limit)
    }

    /// What is counted against the limit.
    var what: String {
        switch name {
        case "file-max": "file handles of the host"
        case "tcp_max_orphans": "TCP sockets without a process"
        case "tcp_mem": "pages of TCP's memory"
        case "tcp_max_tw_buckets": "TIME-WAIT sockets"
        default: "of \(name)"
        }
    }
}

/// One figure's points, in the order of time.
struct LimitCourse {
    let points: [LimitPoint]
    let first: LimitPoint
    let last: LimitPoint
    let peak: LimitPoint

    private init?(_ points: [LimitPoint]) {
        self.points = points.sorted { $0.at < $1.at }
        guard let first = self.points.first, let last = self.points.last,
            let peak = self.points.max(by: { $0.share < $1.share })
        else { return nil }
        self.first = first
        self.last = last
        self.peak = peak
    }

    /// Each point's value until the next one.
    var stretches: [Rise.Stretch] {
        zip(points, points.dropFirst()).map { ($0.at, $1.at, Double($0.value)) }
            + [(last.at, last.at, Double(last.value))]
    }

    /// The points, figure by figure.
    static func all(_ points: [LimitPoint]) -> [LimitCourse] {
        var order: [String] = []
        var groups: [String: [LimitPoint]] = [:]
        for point in points {
            let key = point.name + " " + (point.netns.map { String($0) } ?? "")
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(point)
        }
        return order.compactMap { groups[$0].flatMap { LimitCourse($0) } }
    }
}

extension LimitPoint {
    /// Of the limit, 1.
    var share: Double { Double(value) / Double(limit) }
}
