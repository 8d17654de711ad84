/// The earliest and the latest moment, µs on the recording's axis, at which a change can have
/// happened. Exact when both are equal; either side may be unknown.
public struct Bounds: Hashable, Sendable {
    @usableFromInline var low: Int64
    @usableFromInline var high: Int64

    /// Nothing is known.
    @inlinable
    public static var unknown: Bounds { Bounds(earliest: nil, latest: nil) }

    /// What is known of a change: not before, and not after; nil where unknown.
    @inlinable
    public init(earliest: Int64?, latest: Int64?) {
        low = earliest ?? .min
        high = latest ?? .max
    }

    /// A change that is known to the microsecond.
    @inlinable
    public init(exactly moment: Int64) { self.init(earliest: moment, latest: moment) }

    /// Both sides are the same.
    @inlinable
    public static func == (left: Bounds, right: Bounds) -> Bool {
        left.low == right.low && left.high == right.high
    }

    /// The earliest possible moment, nil when unknown.
    public var earliest: Int64? {
        @inlinable get { low == .min ? nil : low }
        @inlinable set { low = newValue ?? .min }
    }

    /// The latest possible moment, nil when unknown.
    public var latest: Int64? {
        @inlinable get { high == .max ? nil : high }
        @inlinable set { high = newValue ?? .max }
    }

    /// The moment itself if exact, the midpoint if bounded, nil if either side is unknown.
    @inlinable
    public var point: Int64? {
        guard let earliest, let latest else { return nil }
        return earliest + (latest - earliest) / 2
    }

    /// Latest less earliest, µs; nil if either side is unknown.
    @inlinable
    public var width: Int64? {
        guard let earliest, let latest else { return nil }
        return latest - earliest
    }

    /// What both say; nil when they contradict each other.
    @inlinable
    public func intersection(_ other: Bounds) -> Bounds? {
        var result = self
        result.low = max(low, other.low)
        result.high = min(high, other.high)
        return result.low <= result.high ? result : nil
    }

    /// Whether the moment lies within.
    @inlinable
    public func contains(_ moment: Int64) -> Bool { low <= moment && moment <= high }
}
