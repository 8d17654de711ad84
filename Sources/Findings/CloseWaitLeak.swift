/// A process does not close what its peers have closed.
package enum CloseWaitLeak: Rule {
    package static let kind = FindingKind.closeWaitLeak

    package static let age = Threshold(
        "close-wait-age", 60, .seconds, "a stay in CLOSE-WAIT that long counts as left behind")
    package static let number = Threshold(
        "close-waits", 10, .count, "left behind by one process at the range's end")
    package static let many = Threshold(
        "close-waits-critical", 1000, .count, "the same, where a process nears its limits")
    package static var thresholds: [Threshold] { [age, number, many] }

    package static let why =
        "The peer has closed and the kernel waits for this process's close(), without end: no "
        + "timer takes a CLOSE-WAIT away. Each keeps a descriptor and its buffers, and as a "
        + "client its port, until the process ends."
    package static let remedy =
        "Mend the process: close the socket when read() gives 0 or an error, also on the paths "
        + "of errors and timeouts, and drop what a pool finds closed. Until then restarting it "
        + "frees them. No sysctl helps."

    package static func read(_ row: SeenRow) -> Lingering? { Lingering(row) }

    package static func judge(_ seen: [Lingering], _ thresholds: Thresholds) -> Verdict {
        Verdict(seen.compactMap { finding($0, thresholds) })
    }

    private static func finding(_ seen: Lingering, _ thresholds: Thresholds) -> Finding? {
        guard seen.still >= max(1, thresholds.count(number)) else { return nil }
        let growth: Sentence =
            seen.grows
            ? "; there were ever more: \(count: seen.course.first ?? 0) at first, "
                + "\(count: seen.course.last ?? 0) at the end" : ""
        return Finding(
            kind, seen.still >= thresholds.count(many) ? .critical : .warning,
            "\(seen.owner) leaves connections in CLOSE-WAIT",
            seen:
                "\(count: seen.still, "connection") still there that the peer closed at "
                + "least \(seconds: thresholds[age]) ago, the oldest "
                + "\(seconds: seen.oldest)\(growth)",
            from: seen.from, until: seen.until, evidence: seen.evidence)
    }
}
