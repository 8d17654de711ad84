/// The earliest and the latest moment, µs on the recording's axis, at which a change can have
/// happened. Exact when both are equal; either side may be unknown.
package struct Bounds: Hashable, Sendable {
    private var low: Int64
    private var high: Int64

    /// Nothing is known.
    package static let unknown = Bounds(earliest: nil, latest: nil)

    package init(earliest: Int64?, latest: Int64?) {
        low = earliest ?? .min
        high = latest ?? .max
    }

    /// A change that is known to the microsecond.
    package init(exactly moment: Int64) { self.init(earliest: moment, latest: moment) }

    /// The earliest possible moment, nil when unknown.
    package var earliest: Int64? {
        get { low == .min ? nil : low }
        set { low = newValue ?? .min }
    }

    /// The latest possible moment, nil when unknown.
    package var latest: Int64? {
        get { high == .max ? nil : high }
        set { high = newValue ?? .max }
    }

    /// The moment itself if exact, the midpoint if bounded, nil if either side is unknown.
    package var point: Int64? {
        guard let earliest, let latest else { return nil }
        return earliest + (latest - earliest) / 2
    }

    /// Latest less earliest, µs; nil if either side is unknown.
    package var width: Int64? {
        guard let earliest, let latest else { return nil }
        return latest - earliest
    }

    /// What both say; nil when they contradict each other.
    package func intersection(_ other: Bounds) -> Bounds? {
        var result = self
        result.low = max(low, other.low)
        result.high = min(high, other.high)
        return result.low <= result.high ? result : nil
    }

    /// Whether the moment lies within.
    package func contains(_ moment: Int64) -> Bool { low <= moment && moment <= high }
}
