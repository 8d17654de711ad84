/// So many handshakes wait that a listener has no room for one more.
package enum SynBacklog: Rule {
    package static let kind = FindingKind.synBacklog

    package static let near = Threshold(
        "syn-backlog-use", 0.8, .share,
        "handshakes of a namespace, of the lower of tcp_max_syn_backlog and somaxconn")
    package static var thresholds: [Threshold] { [near] }

    package static let why =
        "A listener keeps no more handshakes than its backlog, which somaxconn caps; without "
        + "SYN cookies it also drops them from three quarters of tcp_max_syn_backlog on. Over "
        + "that the kernel drops SYNs, or answers with cookies, which lose options such as "
        + "window scaling where the client sends no timestamps."
    package static let remedy =
        "Raise the listen() backlog together with net.core.somaxconn and "
        + "net.ipv4.tcp_max_syn_backlog; keep net.ipv4.tcp_syncookies=1; see where the SYNs "
        + "come from before anything else."

    package static func read(_ row: SeenRow) -> HalfOpen? { HalfOpen(row) }

    package static func judge(_ seen: [HalfOpen], _ thresholds: Thresholds) -> Verdict {
        Verdict(seen.compactMap { finding($0, thresholds) }, lack: lack(seen))
    }

    private static func lack(_ seen: [HalfOpen]) -> String? {
        if seen.isEmpty { return "no dump told of handshakes" }
        let isUnknown = seen.contains { $0.backlog == nil && $0.somaxconn == nil }
        return isUnknown ? "tcp_max_syn_backlog and somaxconn were not recorded" : nil
    }

    private static func finding(_ seen: HalfOpen, _ thresholds: Thresholds) -> Finding? {
        let limits = [seen.backlog, seen.somaxconn].compactMap { $0 }.filter { $0 > 0 }
        guard let limit = limits.min() else { return nil }
        let share = Double(seen.most) / Double(limit)
        guard share >= thresholds[near] else { return nil }
        return Finding(
            kind, .warning, "Handshakes fill the SYN backlog\(Peer.place(seen.namespace))",
            seen:
                "\(count: seen.most) in SYN-RECV at once, over all listeners; one listener "
                + "has room for \(count: limit) at most",
            from: seen.peak, until: seen.peak,
            evidence: [
                Evidence("most", .count(seen.most)),
                seen.backlog.map { Evidence("tcp_max_syn_backlog", .count($0)) },
                seen.somaxconn.map { Evidence("somaxconn", .count($0)) },
                seen.cookies.map { Evidence("tcp_syncookies", .count($0)) },
                seen.peak.map { Evidence("peak_us", .moment($0)) },
            ].compactMap { $0 })
    }
}
