import Findings

/// Writes the figures of a finding as people read them: `46 held by connections`.
struct EvidenceText {
    let figures: FigureText

    /// `%` stands for the figure.
    private static let phrases: [String: String] = [
        "accepted": "% accepted", "at_us": "most at %", "by_peer": "% reset by the peer",
        "close_kind": "ended as %", "closed_here": "% closed by this host",
        "counted": "% counted by the kernel", "direction": "counted %", "ended": "% ended",
        "failed": "% failed", "first": "% at first", "full_listeners": "seen full: %",
        "gaps": "gaps: %", "growth": "grows by %", "held": "% held by connections",
        "last": "% at last", "limit_value": "limit %", "listen_drops": "% dropped in all",
        "listen_overflows": "% dropped by full accept queues",
        "longest_s": "the longest %", "mean_stay": "a handshake lasts % on average",
        "minutes": "minutes with so many: %",
        "most": "% at most", "most_in_a_minute": "% in the worst minute",
        "not_sent": "% not sent", "oldest_s": "the oldest %", "opened": "% opened",
        "peak": "% at most", "peak_us": "most at %", "ports": "% ports in all",
        "rate": "opens %", "recorded": "% recorded", "resets": "% ended by resets",
        "samples": "samples with so many: %", "seconds": "% without samples in all",
        "short_lived": "% of them short-lived",
        "soft_limit": "soft limit %", "stays": "% stayed so long",
        "still_there": "% still there", "time_left_s": "full in %",
        "time_wait_overflow": "% found no room", "time_waits": "% in TIME-WAIT",
        "value": "% in use", "waiting": "% in TIME-WAIT",
    ]
    /// Where one figure is told for each quarter of the range.
    private static let quarter = "at_"

    /// All of a finding's, one behind the other.
    func text(_ evidence: [Evidence]) -> String {
        let quarters = evidence.filter { isQuarter($0.name) }
        var parts = evidence.filter { !isQuarter($0.name) }.map(phrase)
        if !quarters.isEmpty {
            let course = quarters.map { figures.text($0.figure) }.joined(separator: ", ")
            parts.append("from quarter to quarter of the range \(course)")
        }
        return parts.joined(separator: "; ")
    }

    private func isQuarter(_ name: String) -> Bool {
        name.hasPrefix(Self.quarter) && Int(name.dropFirst(Self.quarter.count)) != nil
    }

    /// A setting of the kernel goes by its own name.
    private func phrase(_ evidence: Evidence) -> String {
        let figure = figures.text(evidence.figure)
        guard let phrase = Self.phrases[evidence.name] else { return "\(evidence.name) \(figure)" }
        return phrase.replacing("%", with: figure, maxReplacements: 1)
    }
}
