/// Connections closed here whose peers never close.
package enum StuckFinWait2: Rule {
    package static let kind = FindingKind.stuckFinWait2

    package static let age = Threshold(
        "fin-wait-2-age", 120, .seconds, "a stay in FIN-WAIT-2 that long counts as stuck")
    package static let number = Threshold(
        "fin-wait-2s", 10, .count, "stuck ones of one process at the range's end")
    package static var thresholds: [Threshold] { [age, number] }

    package static let why =
        "This end has closed its half and the peer has not. Once no process holds the socket the "
        + "kernel gives up after tcp_fin_timeout (60 s); what stays longer is held by a process "
        + "that only shut down its sending side, and has no timer at all."
    package static let remedy =
        "Let the process close() after shutdown(), with a timeout on its last read; look at the "
        + "peers, which likely leave these connections in CLOSE-WAIT."

    package static func read(_ row: SeenRow) -> Lingering? { Lingering(row) }

    package static func judge(_ seen: [Lingering], _ thresholds: Thresholds) -> Verdict {
        Verdict(
            seen.compactMap { seen in
                guard seen.still >= max(1, thresholds.count(number)) else { return nil }
                return Finding(
                    kind, .warning, "\(seen.owner) keeps connections in FIN-WAIT-2",
                    seen:
                        "\(count: seen.still, "connection") still there that this end "
                        + "closed at least \(seconds: thresholds[age]) ago and the peer did "
                        + "not, the oldest \(seconds: seen.oldest)",
                    from: seen.from, until: seen.until, evidence: seen.evidence)
            })
    }
}
