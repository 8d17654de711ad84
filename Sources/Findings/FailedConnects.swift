/// Attempts of this host that came to nothing.
package enum FailedConnects: Rule {
    package static let kind = FindingKind.failedConnects

    package static let number = Threshold(
        "failed-connects", 20, .count, "attempts to one port of one peer that failed in a minute")
    package static let share = Threshold(
        "failed-connects-critical", 0.5, .share,
        "of all attempts to it that ended in the range, those that failed")
    package static var thresholds: [Threshold] { [number, share] }

    package static let why =
        "Refused: nothing listens there, or its queue is full and tcp_abort_on_overflow is set, "
        + "or a firewall rejects. Never answered: the SYN is sent again for a minute or two "
        + "(tcp_syn_retries), and the caller waits. Not sent: no free local port, or no route."
    package static let remedy =
        "Refused: is the service up, on that port? Never answered: is the peer up and a firewall "
        + "between; set a timeout on connect. Not sent: look at port-exhaustion, and at routes."

    /// One port of one peer, and one way to fail.
    package struct Seen: Sendable {
        package var namespace: String?
        package var peerAddress: String?
        package var peerPort: Int64?
        /// As `connections.close_kind`.
        package var how: String
        package var failed: Int64
        package var ended: Int64
        package var most: Int64
        package var from: Int64?
        package var until: Int64?
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let how = row.text("close_kind"), let failed = row.integer("failed"),
            let most = row.integer("most_in_a_minute")
        else { return nil }
        return Seen(
            namespace: row.text("namespace"), peerAddress: row.text("peer_address"),
            peerPort: row.integer("peer_port"), how: how, failed: failed,
            ended: row.integer("ended") ?? failed, most: most, from: row.integer("from_us"),
            until: row.integer("until_us"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        Verdict(seen.compactMap { finding($0, thresholds) })
    }

    private static func finding(_ seen: Seen, _ thresholds: Thresholds) -> Finding? {
        guard seen.most >= max(1, thresholds.count(number)) else { return nil }
        let share = Double(seen.failed) / Double(max(seen.ended, seen.failed, 1))
        let how =
            switch seen.how {
            case "refused": "were refused"
            case "connect_timeout": "were never answered"
            case "not_sent": "were not sent: no free port or no route"
            case "unreachable": "could not reach the peer"
            default: "failed (\(seen.how))"
            }
        return Finding(
            kind, share >= thresholds[Self.share] ? .critical : .warning,
            "Connects to \(Peer.text(seen.peerAddress, seen.peerPort)) "
                + "\(how)\(Peer.place(seen.namespace))",
            seen:
                "\(count: seen.failed) of "
                + "\(count: max(seen.ended, seen.failed), "attempt") (\(share: share)); "
                + "\(count: seen.most) in the worst minute",
            from: seen.from, until: seen.until,
            evidence: [
                Evidence("failed", .count(seen.failed)), Evidence("ended", .count(seen.ended)),
                Evidence("most_in_a_minute", .count(seen.most)),
                Evidence("close_kind", .text(seen.how)),
            ])
    }
}
