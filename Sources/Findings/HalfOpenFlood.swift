/// Handshakes that are begun and never completed.
package enum HalfOpenFlood: Rule {
    package static let kind = FindingKind.halfOpenFlood

    package static let number = Threshold(
        "half-open", 256, .count, "handshakes of a namespace that are not complete, at a sample")
    package static let samples = Threshold(
        "half-open-samples", 3, .count, "samples that met so many")
    package static let stay = Threshold(
        "half-open-stay", 3, .seconds,
        "how long a handshake lasts on average: their number by the rate of accepted connections")
    package static var thresholds: [Threshold] { [number, samples, stay] }

    package static let why =
        "A handshake takes one round trip. Where many stay, their number divided by the rate of "
        + "accepted connections (Little's law) is far above that: the SYNs come from addresses "
        + "that do not answer, a SYN flood, or the answers are lost on the way."
    package static let remedy =
        "Keep net.ipv4.tcp_syncookies=1, which serves true clients all the same; look at where "
        + "SYNs come from and filter them before this host; if clients are true, look for a "
        + "firewall or a route that loses the SYN-ACKs."

    package static func read(_ row: SeenRow) -> HalfOpen? { HalfOpen(row) }

    package static func judge(_ seen: [HalfOpen], _ thresholds: Thresholds) -> Verdict {
        Verdict(
            seen.compactMap { finding($0, thresholds) },
            lack: seen.isEmpty ? "no dump told of handshakes" : nil)
    }

    private static func finding(_ seen: HalfOpen, _ thresholds: Thresholds) -> Finding? {
        guard seen.most >= max(1, thresholds.count(number)),
            seen.samples >= max(2, thresholds.count(samples)), let mean = seen.mean,
            let from = seen.from, let until = seen.until, until > from,
            let accepted = seen.accepted
        else { return nil }
        let rate = Double(accepted) * 1e6 / Double(until - from)
        let stay = rate > 0 ? mean / rate : nil
        guard stay.map({ $0 >= thresholds[Self.stay] }) ?? true else { return nil }
        let length: Sentence =
            stay.map { "; a handshake lasted \(seconds: $0) on average" } ?? "; none was completed"
        return Finding(
            kind, .critical, "Half-open connections pile up\(Peer.place(seen.namespace))",
            seen:
                "\(count: seen.most) in SYN-RECV at most, in "
                + "\(count: seen.samples, "sample"), while \(count: accepted, "connection") "
                + "\(accepted == 1 ? "was" : "were") accepted\(length)",
            from: from, until: until,
            evidence: [
                Evidence("most", .count(seen.most)), Evidence("samples", .count(seen.samples)),
                Evidence("accepted", .count(accepted)),
                stay.map { Evidence("mean_stay", .seconds($0)) },
            ].compactMap { $0 })
    }
}
