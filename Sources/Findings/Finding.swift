/// Something that is wrong, and what shows it.
package struct Finding: Hashable, Sendable {
    package var kind: FindingKind
    package var severity: Severity
    /// What is wrong with what, on one line.
    package var title: Sentence
    /// What was seen, in a sentence or two.
    package var seen: Sentence
    /// When it was seen first and last, on the recording's axis, µs; nil where no moment is known.
    package var from: Int64?
    package var until: Int64?
    package var evidence: [Evidence]

    package init(
        _ kind: FindingKind, _ severity: Severity, _ title: Sentence, seen: Sentence,
        from: Int64? = nil, until: Int64? = nil, evidence: [Evidence]
    ) {
        self.kind = kind
        self.severity = severity
        self.title = title
        self.seen = seen
        self.from = from
        self.until = until
        self.evidence = evidence
    }
}
