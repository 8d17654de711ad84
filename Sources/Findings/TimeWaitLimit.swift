/// TIME-WAIT's table is full or nearly so.
package enum TimeWaitLimit: Rule {
    package static let kind = FindingKind.timeWaitLimit

    package static let near = Threshold(
        "time-wait-use", 0.8, .share, "TIME-WAIT sockets of a namespace, of tcp_max_tw_buckets")
    package static let overflows = Threshold(
        "time-wait-overflows", 1, .count, "closes that found no room in TIME-WAIT's table")
    package static var thresholds: [Threshold] { [near, overflows] }

    package static let why =
        "Where TIME-WAIT's table is full the kernel closes at once, without the 60 s that keep "
        + "late segments away from a new connection of the same addresses and ports (RFC 1337)."
    package static let remedy =
        "Raise net.ipv4.tcp_max_tw_buckets (a TIME-WAIT takes about a quarter of a KiB); see who "
        + "makes them with 'socktape report time-wait --by process', and let connections live "
        + "longer, or let the other end close first."

    /// One namespace.
    package struct Seen: Sendable {
        package var namespace: String?
        package var most: Int64?
        package var peak: Int64?
        /// tcp_max_tw_buckets; nil where it was not recorded.
        package var limit: Int64?
        package var overflow: Int64?
        package var from: Int64?
        package var until: Int64?
    }

    package static func read(_ row: SeenRow) -> Seen? {
        Seen(
            namespace: row.text("namespace"), most: row.integer("most"),
            peak: row.integer("peak_us"), limit: row.integer("tcp_max_tw_buckets"),
            overflow: row.integer("time_wait_overflow"), from: row.integer("from_us"),
            until: row.integer("until_us"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        var lack: String?
        if seen.contains(where: { $0.overflow == nil }) {
            lack = "TCPTimeWaitOverflow was not read"
        }
        if seen.contains(where: { $0.limit == nil }) {
            lack = "tcp_max_tw_buckets was not recorded"
        }
        return Verdict(seen.compactMap { finding($0, thresholds) }, lack: lack)
    }

    private static func finding(_ seen: Seen, _ thresholds: Thresholds) -> Finding? {
        let overflow = seen.overflow ?? 0
        let isOver = overflow > 0 && overflow >= thresholds.count(overflows)
        let share = seen.most.flatMap { most in
            seen.limit.flatMap { $0 > 0 ? Double(most) / Double($0) : nil }
        }
        guard isOver || share ?? 0 >= thresholds[near] else { return nil }
        let table: Sentence =
            seen.most.map { most in
                guard let limit = seen.limit else { return "\(count: most) at most" }
                return "\(count: most) of tcp_max_tw_buckets=\(count: limit) at most"
            } ?? "how many waited is not known"
        let over: Sentence =
            isOver ? "\(count: overflow, "close") found no room and did not wait; " : ""
        return Finding(
            kind, isOver ? .warning : .notice,
            "TIME-WAIT's table is \(isOver ? "full" : "nearly full")\(Peer.place(seen.namespace))",
            seen: over + table, from: isOver ? seen.from : seen.peak,
            until: isOver ? seen.until : seen.peak,
            evidence: [
                seen.most.map { Evidence("most", .count($0)) },
                seen.limit.map { Evidence("tcp_max_tw_buckets", .count($0)) },
                seen.overflow.map { Evidence("time_wait_overflow", .count($0)) },
                seen.peak.map { Evidence("peak_us", .moment($0)) },
            ].compactMap { $0 })
    }
}
