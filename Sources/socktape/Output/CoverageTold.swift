import Model
import Queries
import Rendering

/// How much of what happened a recording holds, and why it is not more, in sentences.
struct CoverageTold {
    /// One direction's counts.
    struct Share {
        let counted: Int64
        let recorded: Int64

        /// What was recorded of what was counted; nil where nothing was.
        var ratio: Double? { counted > 0 ? Double(recorded) / Double(counted) : nil }
    }

    /// By their names: `as client`, `as server`, `together`.
    let shares: [String: Share]
    /// Why what is missing is missing, the most first.
    let parts: [MissingPart]
    /// Whether events or destroy messages were heard at any time.
    let hearsAny: Bool
    /// Namespaces whose counters were never read.
    let unread: Int64
    /// A stretch of the axis by local clocks, in words.
    let stretch: (_ from: Int64, _ until: Int64) -> String

    /// The share, and what is missing.
    var sentence: String {
        guard let all = shares["together"] else {
            return "coverage: unknown, the kernel's counters were not read in this range"
        }
        guard let ratio = all.ratio else {
            return "coverage: the kernel counted no new connection in this range"
        }
        let apart = ["as client", "as server"].compactMap { name in
            shares[name]?.ratio.map { "\(HumanText.ratio($0)) \(name)" }
        }
        return "coverage: \(HumanText.ratio(ratio)) of "
            + HumanText.count(all.counted, "connection")
            + (apart.count > 1 ? " (\(apart.joined(separator: ", ")))" : "") + missing
    }

    /// What is wrong with the shares themselves, a sentence each.
    var warnings: [String] {
        var warnings = ["as client", "as server", "together"].compactMap { name -> String? in
            guard let share = shares[name], share.recorded > share.counted else { return nil }
            // Both together say no more than what one of them said.
            if name == "together", isDefect("as client") || isDefect("as server") { return nil }
            return "! \(name): \(HumanText.number(share.recorded)) recorded, "
                + "\(HumanText.number(share.counted)) counted by the kernel; more than all is a "
                + "defect of the recorder, not a success: do not rely on these figures"
        }
        if unread > 0 {
            warnings.append(
                "coverage of \(HumanText.count(unread, "namespace")) is unknown: the kernel's "
                    + "counters were not read there")
        }
        return warnings
    }

    private func isDefect(_ name: String) -> Bool {
        shares[name].map { $0.recorded > $0.counted } ?? false
    }

    private var missing: String {
        guard let first = parts.first else { return "" }
        let number = parts.reduce(0) { $0 + $1.number }
        if parts.count == 1 {
            return "; the \(HumanText.number(number)) missing" + text(first, alone: true)
        }
        let told = parts.prefix(3).map { HumanText.number($0.number) + text($0, alone: false) }
        return "; of the \(HumanText.number(number)) missing " + told.joined(separator: "; ")
    }

    private func text(_ part: MissingPart, alone: Bool) -> String {
        if part.cause == .dumpsAlone, alone, !hearsAny { return ": \(why(part))" }
        return " fell \(stretch(part.from, part.until)), \(why(part))"
    }

    private func why(_ part: MissingPart) -> String {
        switch part.cause {
        case .lost("bpf"): "when \(HumanText.count(part.lost, "event")) \(were(part)) lost"
        case .lost("sock_destroy"):
            "when \(HumanText.count(part.lost, "destroy message")) \(were(part)) lost"
        case .lost(let source): "when \(source) lost \(HumanText.number(part.lost))"
        case .shedEvents: "when events were shed"
        case .shedDetails: "when details of events were shed"
        case .gap: "when nothing was sampled"
        case .closesAlone: "when destroy messages alone were heard: not every attempt sends one"
        case .dumpsAlone:
            "by dumps alone connections shorter than the interval are not seen"
        case .unknown: "for no reason that the recording knows"
        }
    }

    private func were(_ part: MissingPart) -> String { part.lost == 1 ? "was" : "were" }
}
