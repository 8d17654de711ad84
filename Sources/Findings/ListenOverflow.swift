/// A listener's queue had no room for a connection.
package enum ListenOverflow: Rule {
    package static let kind = FindingKind.listenOverflow

    package static let drops = Threshold(
        "listen-drops", 1, .count, "SYNs and connections that listeners dropped")
    package static let many = Threshold(
        "listen-drops-critical", 100, .count, "the same, where people notice")
    package static var thresholds: [Threshold] { [drops, many] }

    package static let why =
        "A client whose SYN is dropped waits a second or more until it is sent again; one whose "
        + "last handshake segment is dropped believes to be connected and hears nothing. The "
        + "process accepts too slowly for its backlog."
    package static let remedy =
        "See which listener was full with 'socktape report listeners'. Let the process accept "
        + "faster (more workers, no work in the accepting thread); raise its listen() backlog, "
        + "and net.core.somaxconn, which caps it."

    /// One namespace.
    package struct Seen: Sendable {
        package var namespace: String?
        package var overflows: Int64?
        package var drops: Int64?
        package var from: Int64?
        package var until: Int64?
        /// Listeners whose queue was seen full, in words.
        package var full: String?
    }

    package static func read(_ row: SeenRow) -> Seen? {
        Seen(
            namespace: row.text("namespace"), overflows: row.integer("listen_overflows"),
            drops: row.integer("listen_drops"), from: row.integer("from_us"),
            until: row.integer("until_us"), full: row.text("full_listeners"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        let isUnread = seen.isEmpty || seen.contains { $0.overflows == nil && $0.drops == nil }
        return Verdict(
            seen.compactMap { finding($0, thresholds) },
            lack: isUnread ? "ListenOverflows and ListenDrops were not read" : nil)
    }

    private static func finding(_ seen: Seen, _ thresholds: Thresholds) -> Finding? {
        let overflows = seen.overflows ?? 0
        let dropped = max(seen.drops ?? 0, overflows)
        guard dropped > 0, dropped >= thresholds.count(drops) else { return nil }
        let who: Sentence =
            seen.full.map { "; seen full: \($0)" } ?? "; no sample met a listener with a full queue"
        return Finding(
            kind, dropped >= thresholds.count(many) ? .critical : .warning,
            overflows > 0
                ? "Accept queues overflowed\(Peer.place(seen.namespace))"
                : "Listeners dropped SYNs\(Peer.place(seen.namespace))",
            seen:
                "\(count: dropped) dropped, \(count: overflows) of them because an accept "
                + "queue was full\(who)",
            from: seen.from, until: seen.until,
            evidence: [
                Evidence("listen_overflows", .count(overflows)),
                Evidence("listen_drops", .count(dropped)),
                seen.full.map { Evidence("full_listeners", .text($0)) },
            ].compactMap { $0 })
    }
}
