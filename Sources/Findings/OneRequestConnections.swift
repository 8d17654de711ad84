/// A client makes a new connection for each request: a pool that does not pool.
package enum OneRequestConnections: Rule {
    package static let kind = FindingKind.oneRequest

    package static let life = Threshold(
        "short-life", 1, .seconds, "a connection that certainly lived no longer is a short one")
    package static let number = Threshold(
        "short-lives", 1000, .count, "connections of one process to one port of one peer")
    package static let share = Threshold(
        "short-share", 0.9, .share, "of these, the short ones")
    package static let rate = Threshold(
        "short-rate", 1, .rate, "how often they open, on average")
    package static var thresholds: [Threshold] { [life, number, share, rate] }

    package static let why =
        "Each costs a handshake (a round trip, two with TLS), a slow start and mostly a "
        + "TIME-WAIT of 60 s, and takes an ephemeral port for all that time. It is the usual "
        + "cause of port exhaustion."
    package static let remedy =
        "Keep connections alive and use them again: a pool large enough to keep idle ones, "
        + "HTTP keep-alive towards upstreams (in nginx 'keepalive' in the upstream block), a "
        + "client object that lives as long as the process."

    /// One process towards one port of one peer.
    package struct Seen: Sendable {
        package var process: String?
        package var namespace: String?
        package var peerAddress: String?
        package var peerPort: Int64?
        package var opened: Int64
        package var short: Int64
        package var from: Int64?
        package var until: Int64?
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let opened = row.integer("opened"), let short = row.integer("short_lived") else {
            return nil
        }
        return Seen(
            process: row.text("process"), namespace: row.text("namespace"),
            peerAddress: row.text("peer_address"), peerPort: row.integer("peer_port"),
            opened: opened, short: short, from: row.integer("from_us"),
            until: row.integer("until_us"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        Verdict(seen.compactMap { finding($0, thresholds) })
    }

    private static func finding(_ seen: Seen, _ thresholds: Thresholds) -> Finding? {
        guard seen.opened >= max(1, thresholds.count(number)), let from = seen.from,
            let until = seen.until, until > from
        else { return nil }
        let share = Double(seen.short) / Double(seen.opened)
        let rate = Double(seen.opened - 1) * 1e6 / Double(until - from)
        guard share >= thresholds[Self.share], rate >= thresholds[Self.rate] else { return nil }
        let peer = Peer.text(seen.peerAddress, seen.peerPort)
        return Finding(
            kind, .notice,
            "\(Peer.owner(seen.process)) opens a connection for each request to "
                + "\(peer)\(Peer.place(seen.namespace))",
            seen:
                "\(count: seen.opened, "connection"), \(rate: rate); \(share: share) lived "
                + "\(seconds: thresholds[life]) or less",
            from: from, until: until,
            evidence: [
                Evidence("opened", .count(seen.opened)),
                Evidence("short_lived", .count(seen.short)),
                Evidence("rate", .rate(rate)),
            ])
    }
}
