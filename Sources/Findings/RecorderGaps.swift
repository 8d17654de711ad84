/// Times of which the recording tells nothing.
package enum RecorderGaps: Rule {
    package static let kind = FindingKind.gaps

    package static let length = Threshold(
        "gaps", 60, .seconds, "time without samples, all gaps of the range together")
    package static var thresholds: [Threshold] { [length] }

    package static let why =
        "What began and ended in a gap is not in the recording, and what changed there has wide "
        + "bounds. Other findings say nothing of that time."
    package static let remedy =
        "A crash: look at the recorder's log and run it as a service that is restarted. A "
        + "suspended host cannot be recorded. Overload: a longer --interval, or a faster disk."

    /// One gap.
    package struct Seen: Sendable {
        package var from: Int64
        package var until: Int64
        package var reason: String?

        package init(from: Int64, until: Int64, reason: String?) {
            self.from = from
            self.until = until
            self.reason = reason
        }

        var seconds: Double { Double(until - from) / 1e6 }
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let from = row.integer("from_us"), let until = row.integer("until_us") else {
            return nil
        }
        return Seen(from: from, until: until, reason: row.text("reason"))
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        guard let longest = seen.max(by: { $0.seconds < $1.seconds }) else { return Verdict([]) }
        let total = seen.reduce(0) { $0 + $1.seconds }
        let isLong = total >= thresholds[length]
        let number = Int64(seen.count)
        let which: Sentence =
            number == 1
            ? ""
            : "; the longest \(seconds: longest.seconds) from "
                + "\(moment: longest.from)"
        return Verdict([
            Finding(
                kind, isLong ? .warning : .notice,
                "Nothing was recorded for \(seconds: total)",
                seen: "\(count: number, "gap") (\(longest.reason ?? "no reason known"))\(which)",
                from: seen.map(\.from).min(), until: seen.map(\.until).max(),
                evidence: [
                    Evidence("gaps", .count(number)), Evidence("seconds", .seconds(total)),
                    Evidence("longest_s", .seconds(longest.seconds)),
                ])
        ])
    }
}
