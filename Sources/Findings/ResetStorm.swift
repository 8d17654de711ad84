/// Most connections of a service end by a reset.
package enum ResetStorm: Rule {
    package static let kind = FindingKind.resetStorm

    package static let number = Threshold(
        "resets", 100, .count, "connections of one service that resets ended within a minute")
    package static let share = Threshold(
        "reset-share", 0.5, .share, "the same, of its connections that ended in that minute")
    package static var thresholds: [Threshold] { [number, share] }

    package static let why =
        "A reset throws away what was on its way. Many at once mean that a process died or was "
        + "restarted, that a load balancer or firewall forgot its connections, that one end "
        + "closes with data unread, or that a limit was met."
    package static let remedy =
        "See who reset: the peer, or this host. Look at the process for a restart or a crash at "
        + "that minute, at timeouts of what stands between (idle timeout shorter than the "
        + "keepalive), and at code that closes before it has read all."

    /// The minutes of one service in which resets prevailed.
    package struct Seen: Sendable {
        package var process: String?
        package var role: String
        /// This end's as server, the peer's as client.
        package var port: Int64?
        package var namespace: String?
        package var resets: Int64
        package var byPeer: Int64
        package var ended: Int64
        package var most: Int64
        package var minutes: Int64
        package var from: Int64?
        package var until: Int64?
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let resets = row.integer("resets"), let ended = row.integer("ended"),
            let most = row.integer("most_in_a_minute")
        else { return nil }
        return Seen(
            process: row.text("process"), role: row.text("role") ?? "unknown",
            port: row.integer("service_port"), namespace: row.text("namespace"), resets: resets,
            byPeer: row.integer("by_peer") ?? 0, ended: ended, most: most,
            minutes: row.integer("minutes") ?? 1, from: row.integer("from_us"),
            until: row.integer("until_us"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        Verdict(seen.compactMap { finding($0, thresholds) })
    }

    private static func finding(_ seen: Seen, _ thresholds: Thresholds) -> Finding? {
        guard seen.ended > 0, seen.most >= max(1, thresholds.count(number)) else { return nil }
        let share = Double(seen.resets) / Double(seen.ended)
        guard share >= thresholds[Self.share] else { return nil }
        let port = seen.port.map { String($0) } ?? "*"
        let way = seen.role == "client" ? "to port \(port)" : "on :\(port)"
        let service = "\(Peer.owner(seen.process)) \(way)"
        return Finding(
            kind, .warning,
            "Resets ended most connections of \(service)\(Peer.place(seen.namespace))",
            seen:
                "\(count: seen.resets) of \(count: seen.ended) in "
                + "\(count: seen.minutes, "minute") (\(share: share)), \(count: seen.byPeer) "
                + "of them by the peer; \(count: seen.most) in the worst minute",
            from: seen.from, until: seen.until,
            evidence: [
                Evidence("resets", .count(seen.resets)), Evidence("by_peer", .count(seen.byPeer)),
                Evidence("ended", .count(seen.ended)),
                Evidence("most_in_a_minute", .count(seen.most)),
                Evidence("minutes", .count(seen.minutes)),
            ])
    }
}
