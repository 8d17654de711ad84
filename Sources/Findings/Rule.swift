/// What one kind of trouble looks like. A rule reads rows, judges them, and knows nothing of where
/// they came from.
package protocol Rule: Sendable {
    /// What one row tells.
    associatedtype Seen: Sendable
    static var kind: FindingKind { get }
    static var thresholds: [Threshold] { get }
    /// Why it matters.
    static var why: String { get }
    /// What people do about it.
    static var remedy: String { get }
    /// Reads a row; nil where it lacks what cannot be missing.
    static func read(_ row: SeenRow) -> Seen?
    /// What is wrong with what was seen.
    static func judge(_ seen: [Seen], _ thresholds: Thresholds) -> Verdict
}

/// What came of a rule.
package struct Verdict: Sendable {
    package var findings: [Finding]
    /// Why it could not be judged whole; nil where it could.
    package var lack: String?

    package init(_ findings: [Finding], lack: String? = nil) {
        self.findings = findings
        self.lack = lack
    }
}

extension Rule {
    /// Judges rows as they were read.
    package static func judge(rows: [SeenRow], _ thresholds: Thresholds) -> Verdict {
        judge(rows.compactMap(read), thresholds)
    }
}

/// Every rule.
package enum Rulebook {
    package static let all: [any Rule.Type] = [
        PortExhaustion.self, TimeWaitLimit.self, CloseWaitLeak.self, DescriptorLeak.self,
        NearLimit.self, LimitForecast.self, ListenOverflow.self, SynBacklog.self,
        HalfOpenFlood.self, StuckFinWait2.self, ResetStorm.self, FailedConnects.self,
        OneRequestConnections.self, ClosesFirst.self, RecorderGaps.self, LowCoverage.self,
    ]

    /// The rule of a kind.
    package static func rule(_ kind: FindingKind) -> (any Rule.Type)? {
        all.first { $0.kind == kind }
    }

    /// Every threshold with the kind that it belongs to.
    package static var thresholds: [(kind: FindingKind, threshold: Threshold)] {
        all.flatMap { rule in rule.thresholds.map { (rule.kind, $0) } }
    }

    /// The worst first, and of these the one that began first.
    package static func sorted(_ findings: [Finding]) -> [Finding] {
        let kinds = FindingKind.allCases
        func place(_ finding: Finding) -> Int { kinds.firstIndex(of: finding.kind) ?? kinds.count }
        return findings.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            if a.severity != b.severity { return a.severity > b.severity }
            return (place(a), left.offset) < (place(b), right.offset)
        }.map(\.element)
    }
}
