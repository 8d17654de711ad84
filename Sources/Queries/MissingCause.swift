/// Why connections that the kernel counted are not in the recording.
package enum MissingCause: Hashable, Sendable {
    /// A source could not tell all: by its name.
    case lost(String)
    case shedEvents
    case shedDetails
    /// Nothing was sampled.
    case gap
    /// Destroy messages were heard, events were not.
    case closesAlone
    /// Neither events nor destroy messages were heard.
    case dumpsAlone
    /// All worked, as far as the recording knows.
    case unknown
}

/// Connections that are missing for one reason.
package struct MissingPart: Equatable, Sendable {
    package var cause: MissingCause
    package var number: Int64
    /// The stretch in which they fell, on the axis, µs.
    package var from: Int64
    package var until: Int64
    /// What the source lost there, where that is the cause.
    package var lost: Int64

    package init(cause: MissingCause, number: Int64, from: Int64, until: Int64, lost: Int64 = 0) {
        self.cause = cause
        self.number = number
        self.from = from
        self.until = until
        self.lost = lost
    }
}

/// Attributes what is missing to what the sources and gaps of a recording say.
package struct MissingCauses {
    /// A stretch of the axis; a gap has no source.
    package struct Stretch: Equatable, Sendable {
        package var source: String?
        package var from: Int64
        package var until: Int64
        package var lost: Int64
        package var reason: String?

        package init(
            source: String? = nil, from: Int64, until: Int64, lost: Int64 = 0,
            reason: String? = nil
        ) {
            self.source = source
            self.from = from
            self.until = until
            self.lost = lost
            self.reason = reason
        }

        fileprivate func meets(_ from: Int64, _ until: Int64) -> Bool {
            self.from == self.until
                ? from < self.from && self.from <= until
                : self.from < until && self.until > from
        }

        fileprivate var cause: MissingCause? {
            guard let source else { return .gap }
            guard source == "bpf" || source == "sock_destroy" else { return nil }
            if lost > 0 { return .lost(source) }
            guard source == "bpf", let reason, reason.hasPrefix("shed") else { return nil }
            return reason.hasPrefix("shed: details") ? .shedDetails : .shedEvents
        }

        /// A source that cannot work says so, and tells nothing.
        fileprivate var works: Bool { reason?.hasPrefix("cannot") != true }
    }

    private let causes: [(stretch: Stretch, cause: MissingCause)]
    private let events: [Stretch]
    private let closes: [Stretch]

    package init(_ stretches: [Stretch]) {
        causes = stretches.compactMap { stretch in stretch.cause.map { (stretch, $0) } }
        events = stretches.filter { $0.source == "bpf" && $0.works }
        closes = stretches.filter { $0.source == "sock_destroy" && $0.works }
    }

    /// Whether events or destroy messages were heard at any time.
    package var hearsAny: Bool { !events.isEmpty || !closes.isEmpty }

    /// What is missing, gathered by its cause, the most first. Where several causes meet the first
    /// of their order in `MissingCause` counts.
    package func explain(_ missing: [(from: Int64, until: Int64, number: Int64)]) -> [MissingPart] {
        var parts: [MissingCause: MissingPart] = [:]
        for step in missing {
            let cause = cause(step.from, step.until)
            var part =
                parts[cause]
                ?? MissingPart(cause: cause, number: 0, from: step.from, until: step.until)
            part.number += step.number
            part.from = min(part.from, step.from)
            part.until = max(part.until, step.until)
            parts[cause] = part
        }
        return parts.values.map { part in
            var part = part
            part.lost = causes.filter {
                $0.cause == part.cause && $0.stretch.meets(part.from, part.until)
            }.reduce(0) { $0 + $1.stretch.lost }
            return part
        }.sorted { ($0.number, $1.from) > ($1.number, $0.from) }
    }

    private func cause(_ from: Int64, _ until: Int64) -> MissingCause {
        let met = causes.filter { $0.stretch.meets(from, until) }.map(\.cause)
        if let loss = met.first(where: { if case .lost = $0 { true } else { false } }) {
            return loss
        }
        for cause in [MissingCause.shedEvents, .shedDetails, .gap] where met.contains(cause) {
            return cause
        }
        if events.contains(where: { $0.meets(from, until) }) { return .unknown }
        return closes.contains { $0.meets(from, until) } ? .closesAlone : .dumpsAlone
    }
}
