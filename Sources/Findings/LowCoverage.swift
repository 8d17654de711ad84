/// The recording holds less than what happened, or more.
package enum LowCoverage: Rule {
    package static let kind = FindingKind.coverage

    package static let low = Threshold(
        "coverage", 0.95, .share, "connections recorded, of those that the kernel counted")
    package static let least = Threshold(
        "coverage-connections", 100, .count, "connections that the kernel counted, at least")
    package static var thresholds: [Threshold] { [low, least] }

    package static let why =
        "Findings rest on what was recorded: what was not seen may be worse, and 'nothing found' "
        + "means little. More recorded than the kernel counted is a defect of the recorder."
    package static let remedy =
        "'socktape report coverage' tells when and why they were missed, 'socktape doctor' what "
        + "would let more be seen: kernel events (CAP_BPF and CAP_PERFMON), a larger "
        + "--event-budget, a shorter --interval."

    /// One direction, or both together.
    package struct Seen: Sendable {
        package var direction: String
        package var counted: Int64
        package var recorded: Int64

        package init(direction: String, counted: Int64, recorded: Int64) {
            self.direction = direction
            self.counted = counted
            self.recorded = recorded
        }
    }

    package static func read(_ row: SeenRow) -> Seen? {
        guard let direction = row.text("direction"), let counted = row.integer("counted"),
            let recorded = row.integer("recorded")
        else { return nil }
        return Seen(direction: direction, counted: counted, recorded: recorded)
    }

    package static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict {
        var findings = seen.filter { $0.recorded > $0.counted }.map { seen in
            Finding(
                kind, .critical, "More was recorded than happened, \(seen.direction)",
                seen:
                    "\(count: seen.recorded) recorded, \(count: seen.counted) counted by "
                    + "the kernel: do not rely on these figures",
                evidence: evidence(seen))
        }
        let together = seen.first { $0.direction == "together" }
        if let together, together.counted >= thresholds.count(least), findings.isEmpty {
            let share = Double(together.recorded) / Double(max(1, together.counted))
            if share < thresholds[low] {
                findings.append(
                    Finding(
                        kind, .warning, "Only \(share: share) of the connections were recorded",
                        seen:
                            "\(count: together.recorded) of "
                            + "\(count: together.counted, "connection") that the kernel "
                            + "counted",
                        evidence: evidence(together)))
            }
        }
        return Verdict(
            findings, lack: together == nil ? "the kernel's counters were not read" : nil)
    }

    private static func evidence(_ seen: Seen) -> [Evidence] {
        [
            Evidence("direction", .text(seen.direction)),
            Evidence("counted", .count(seen.counted)), Evidence("recorded", .count(seen.recorded)),
        ]
    }
}
