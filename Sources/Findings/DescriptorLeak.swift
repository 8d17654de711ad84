/// A process opens ever more descriptors, or has nearly all that it may have.
package enum DescriptorLeak: Rule {
    package static let kind = FindingKind.descriptorLeak

    package static let growth = Threshold(
        "fd-growth", 100, .count,
        "descriptors more at least in the last quarter of the time than in the first")
    package static let late = Threshold(
        "fd-late-growth", 0.25, .share, "of that growth, what came in the second half")
    package static let used = Threshold(
        "fd-use", 0.8, .share, "descriptors of a process, of its soft limit")
    package static let nearlyAll = Threshold(
        "fd-use-critical", 0.95, .share, "the same, where accept() and open() begin to fail")
    package static let horizon = Threshold(
        "fd-horizon", 86_400, .seconds, "growth that reaches the limit within that is a warning")
    package static var thresholds: [Threshold] {
        [growth, late, used, nearlyAll, horizon]
    }

    package static let why =
        "At its soft limit (RLIMIT_NOFILE) a process gets EMFILE from accept(), connect() and "
        + "open(): it can serve nobody new, and cannot even write its log. What grows without a "
        + "break gets there, whatever the limit."
    package static let remedy =
        "Find what is not closed: 'ls -l /proc/PID/fd' tells files, pipes and sockets apart, and "
        + "'socktape report processes' the sockets. A higher LimitNOFILE= or ulimit -n only buys "
        + "time where it grows; where it is merely too low, it is the remedy."

    /// A stretch in which one process had about so many descriptors.
    package struct Seen: Sendable {
        package var process: Int64
        package var name: String?
        package var pid: Int64?
        package var from: Int64
        package var until: Int64
        package var open: Int64
        package var peak: Int64
        /// nil where there is none, or it is not known.
        package var limit: Int64?

        package init(
            process: Int64, name: String?, pid: Int64?, from: Int64, until: Int64, open: Int64,
            peak: Int64, limit: Int64?
        ) {
            self.process = process
            self.name = name
            self.pid = pid
            self.from = from
            self.until = until
            self.open = open
            self.peak = peak
            self.limit = limit
        }
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let process = row.integer("process_id"), let from = row.integer("from_us"),
            let open = row.integer("open_fds")
        else { return nil }
        return Seen(
            process: process, name: row.text("process"), pid: row.integer("pid"), from: from,
            until: row.integer("until_us") ?? from, open: open,
            peak: row.integer("peak_fds") ?? open, limit: row.integer("soft_limit"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        let courses = Dictionary(grouping: seen) { $0.process }.sorted { $0.key < $1.key }
        return Verdict(
            courses.compactMap { finding($0.value.sorted { $0.from < $1.from }, thresholds) })
    }

    private static func finding(_ course: [Seen], _ thresholds: Thresholds) -> Finding? {
        guard let first = course.first, let last = course.last else { return nil }
        let peak = course.map { max($0.peak, $0.open) }.max() ?? last.open
        // Each stretch is a point at its beginning, the last one at its end as well.
        var points = course.map { (at: $0.from, value: Double($0.open)) }
        if last.until > last.from { points.append((last.until, Double(last.open))) }
        let trend = Trend(points)
        let rise = Rise(course.map { ($0.from, $0.until, Double($0.open)) })
        let isLeak =
            rise?.growth ?? 0 >= Double(max(1, thresholds.count(growth)))
            && rise?.isSteady(late: thresholds[late]) ?? false && trend?.slope ?? 0 > 0
        let share = last.limit.flatMap { $0 > 0 ? Double(peak) / Double($0) : nil }
        guard isLeak || share ?? 0 >= thresholds[used] else { return nil }
        let left = last.limit.flatMap { limit in
            isLeak ? trend?.seconds(from: Double(last.open), to: Double(limit)) : nil
        }
        let isFull = share ?? 0 >= thresholds[nearlyAll]
        let isSoon = left.map { $0 <= thresholds[horizon] } ?? false
        let isNear = share ?? 0 >= thresholds[used]
        return Finding(
            kind, isFull ? .critical : isSoon || isNear ? .warning : .notice,
            title(last, isLeak: isLeak), seen: seen(first, last, peak, share, left, isLeak: isLeak),
            from: first.from, until: last.until,
            evidence: [
                Evidence("first", .count(first.open)), Evidence("last", .count(last.open)),
                Evidence("peak", .count(peak)),
                last.limit.map { Evidence("soft_limit", .count($0)) },
                isLeak ? trend.map { Evidence("growth", .rate($0.slope)) } : nil,
                left.map { Evidence("time_left_s", .seconds($0)) },
            ].compactMap { $0 })
    }

    private static func title(_ seen: Seen, isLeak: Bool) -> Sentence {
        let owner = Peer.owner(seen.name) + (seen.pid.map { " (pid \($0))" } ?? "")
        guard isLeak else { return "\(owner) has nearly all its descriptors open" }
        return "\(owner) opens ever more descriptors"
    }

    private static func seen(
        _ first: Seen, _ last: Seen, _ peak: Int64, _ share: Double?, _ left: Double?,
        isLeak: Bool
    ) -> Sentence {
        var text: Sentence =
            isLeak
            ? "From \(count: first.open) to \(count: last.open) open"
            : "\(count: peak) open at most"
        if let limit = last.limit, let share {
            text = text + ", \(share: share) of its soft limit of \(count: limit)"
        }
        if let left { text = text + "; at this rate it is reached in \(seconds: left)" }
        return text
    }
}
