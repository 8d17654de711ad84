/// A server closes first, and so holds its clients' TIME-WAITs.
package enum ClosesFirst: Rule {
    package static let kind = FindingKind.closesFirst

    package static let number = Threshold(
        "closes-first", 10_000, .count, "TIME-WAITs that one service made by closing first")
    package static let share = Threshold(
        "closes-first-share", 0.8, .share, "of its connections that ended, those that it closed")
    package static var thresholds: [Threshold] { [number, share] }

    package static let why =
        "The end that closes first waits 60 s. A server's TIME-WAITs take no port of its own, but "
        + "memory, room in TIME-WAIT's table, and the client's port: a client behind NAT that "
        + "comes back with the same port may be held up."
    package static let remedy =
        "Nothing, if memory and tcp_max_tw_buckets suffice. Else let clients close first: keep "
        + "connections alive longer than the clients do, and do not send 'Connection: close'."

    /// One service.
    package struct Seen: Sendable {
        package var process: String?
        package var namespace: String?
        package var port: Int64?
        package var ended: Int64
        package var closedHere: Int64
        package var waits: Int64
        package var from: Int64?
        package var until: Int64?
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let ended = row.integer("ended"), let closed = row.integer("closed_here"),
            let waits = row.integer("time_waits")
        else { return nil }
        return Seen(
            process: row.text("process"), namespace: row.text("namespace"),
            port: row.integer("service_port"), ended: ended, closedHere: closed, waits: waits,
            from: row.integer("from_us"), until: row.integer("until_us"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        Verdict(seen.compactMap { finding($0, thresholds) })
    }

    private static func finding(_ seen: Seen, _ thresholds: Thresholds) -> Finding? {
        guard seen.ended > 0, seen.waits >= max(1, thresholds.count(number)) else { return nil }
        let share = Double(seen.closedHere) / Double(seen.ended)
        guard share >= thresholds[Self.share] else { return nil }
        let port = seen.port.map { String($0) } ?? "*"
        return Finding(
            kind, .notice,
            "\(Peer.owner(seen.process)) on :\(port) closes first and waits for its "
                + "clients\(Peer.place(seen.namespace))",
            seen:
                "\(count: seen.closedHere) of \(count: seen.ended, "connection") "
                + "(\(share: share)) were closed here first; "
                + "\(count: seen.waits, "TIME-WAIT")",
            from: seen.from, until: seen.until,
            evidence: [
                Evidence("ended", .count(seen.ended)),
                Evidence("closed_here", .count(seen.closedHere)),
                Evidence("time_waits", .count(seen.waits)),
            ])
    }
}
