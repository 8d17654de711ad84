package import Model

/// When something was looked at, µs on the recording's axis: not before `earliest`, not after
/// `latest`.
package struct Window: Equatable, Sendable {
    package var earliest: Int64
    package var latest: Int64

    package init(earliest: Int64, latest: Int64) {
        self.earliest = earliest
        self.latest = latest
    }

    /// The bounds of a change that came after the sight `since` and before this look.
    package func change(since sight: Int64?) -> Bounds {
        Bounds(earliest: sight, latest: latest)
    }
}
