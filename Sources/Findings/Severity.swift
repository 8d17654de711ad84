/// How much a finding matters, the least first.
package enum Severity: String, CaseIterable, Comparable, Sendable {
    /// Worth knowing; nothing fails by it.
    case notice
    /// Something fails now and then, or will.
    case warning
    /// Something fails.
    case critical

    private var rank: Int { Severity.allCases.firstIndex(of: self) ?? 0 }

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
