/// A limit of the host is nearly reached.
package enum NearLimit: Rule {
    package static let kind = FindingKind.nearLimit

    package static let near = Threshold(
        "limit-use", 0.8, .share, "file handles, orphans or TCP's memory, of their limit")
    package static let nearlyAll = Threshold(
        "limit-use-critical", 0.95, .share, "the same, where the kernel begins to refuse")
    package static var thresholds: [Threshold] { [near, nearlyAll] }

    package static let why =
        "These limits are of the whole host: at fs.file-max every open() and accept() fails with "
        + "ENFILE, over tcp_max_orphans and tcp_mem the kernel resets connections or drops what "
        + "arrives, whoever caused it."
    package static let remedy =
        "See who holds most with 'socktape report fds' and 'socktape report processes'; mend "
        + "what leaks; raise the sysctl where the host merely grew."

    package static func read(_ row: SeenRow) -> LimitPoint? { LimitPoint(row) }

    package static func judge(_ seen: [LimitPoint], _ thresholds: Thresholds) -> Verdict {
        Verdict(
            LimitCourse.all(seen).compactMap { course in
                let peak = course.peak
                // TIME-WAIT's table has a rule of its own.
                guard peak.name != "tcp_max_tw_buckets", peak.share >= thresholds[near] else {
                    return nil
                }
                let isOut = peak.share >= thresholds[nearlyAll]
                return Finding(
                    kind, isOut ? .critical : .warning, "\(peak.name) is nearly reached",
                    seen:
                        "\(count: peak.value) \(peak.what) of \(count: peak.limit) "
                        + "(\(share: peak.share)) at most",
                    from: peak.at, until: peak.at,
                    evidence: [
                        Evidence("value", .count(peak.value)),
                        Evidence("limit_value", .count(peak.limit)),
                        Evidence("at_us", .moment(peak.at)),
                    ])
            }, lack: seen.isEmpty ? "no limit of the host was recorded" : nil)
    }
}
