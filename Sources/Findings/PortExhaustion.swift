/// Ephemeral ports towards one peer run out: each connection from one address to one port of one
/// peer needs a port of its own, held until its TIME-WAIT is over.
package enum PortExhaustion: Rule {
    package static let kind = FindingKind.portExhaustion

    package static let used = Threshold(
        "port-use", 0.8, .share,
        "ephemeral ports in use towards one port of one peer, of those that there are")
    package static let nearlyAll = Threshold(
        "port-use-critical", 0.95, .share, "the same, where connects begin to fail")
    package static var thresholds: [Threshold] { [used, nearlyAll] }

    package static let why =
        "Each connection from one address to one port of one peer needs a local port of its own; "
        + "the end that closes first keeps it for 60 s more. When none is left, connect() fails "
        + "with EADDRNOTAVAIL, at once. A server's own port is never limited by this."
    package static let remedy =
        "Keep connections open and use them again; widen net.ipv4.ip_local_port_range; use "
        + "further local addresses, or further addresses or ports of the peer; with timestamps "
        + "at both ends, net.ipv4.tcp_tw_reuse=1 lets new connections take ports in TIME-WAIT."

    /// One local address towards one port of one peer, when it used most ports.
    package struct Seen: Sendable {
        package var namespace: String?
        package var localAddress: String?
        package var peerAddress: String?
        package var peerPort: Int64?
        /// How many there are, reserved ones left out; nil where it is not known.
        package var ports: Int64?
        /// Of connections, and of TIME-WAITs, at the moment of most use.
        package var held: Int64
        package var waiting: Int64
        package var peak: Int64?
        package var from: Int64?
        package var until: Int64?
        /// Attempts towards this port of this peer that found no port or no route.
        package var notSent: Int64
        /// tcp_tw_reuse: 0, 1, or 2 for loopback alone.
        package var reuse: Int64?
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let held = row.integer("held"), let waiting = row.integer("waiting") else {
            return nil
        }
        return Seen(
            namespace: row.text("namespace"), localAddress: row.text("local_address"),
            peerAddress: row.text("peer_address"), peerPort: row.integer("peer_port"),
            ports: row.integer("ports"), held: held, waiting: waiting,
            peak: row.integer("peak_us"), from: row.integer("from_us"),
            until: row.integer("until_us"), notSent: row.integer("not_sent") ?? 0,
            reuse: row.integer("tcp_tw_reuse"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        let unknown = seen.contains { $0.ports == nil }
        return Verdict(
            seen.compactMap { finding($0, thresholds) },
            lack: unknown ? "ip_local_port_range was not recorded" : nil)
    }

    private static func finding(_ seen: Seen, _ thresholds: Thresholds) -> Finding? {
        guard let ports = seen.ports, ports > 0 else { return nil }
        // Ports in TIME-WAIT are free for new connections after a second where they may be reused.
        let isLoopback = seen.peerAddress == "::1" || seen.peerAddress?.hasPrefix("127.") == true
        let reuses = seen.reuse == 1 || seen.reuse == 2 && isLoopback
        let used = seen.held + (reuses ? 0 : seen.waiting)
        let share = Double(used) / Double(ports)
        guard share >= thresholds[Self.used] else { return nil }
        let isOut = share >= thresholds[nearlyAll] || seen.notSent > 0
        let peer = Peer.text(seen.peerAddress, seen.peerPort)
        let failed: Sentence =
            seen.notSent > 0
            ? "; \(count: seen.notSent, "attempt") towards it found no free port or no route" : ""
        let source = seen.localAddress ?? "*"
        return Finding(
            kind, isOut ? .critical : .warning,
            "Ephemeral ports towards \(peer) \(isOut ? "ran out" : "run short") at "
                + "\(source)\(Peer.place(seen.namespace))",
            seen:
                "\(count: used) of \(count: ports) ports in use (\(share: share)): "
                + "\(count: seen.held) by connections, \(count: seen.waiting) in "
                + "TIME-WAIT\(failed)",
            from: seen.from, until: seen.until,
            evidence: [
                Evidence("ports", .count(ports)), Evidence("held", .count(seen.held)),
                Evidence("waiting", .count(seen.waiting)),
                Evidence("not_sent", .count(seen.notSent)),
            ] + (seen.peak.map { [Evidence("peak_us", .moment($0))] } ?? [])
                + (seen.reuse.map { [Evidence("tcp_tw_reuse", .count($0))] } ?? []))
    }
}
