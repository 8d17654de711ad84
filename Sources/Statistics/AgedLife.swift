/// One life on the scale of its age, in half microseconds: a midpoint of two moments is a whole
/// number then.
package struct AgedLife: Hashable, Sendable {
    /// Half microseconds in a second.
    package static let unit = 2e6

    /// Its age when it came under observation; 0 for one that was seen from its beginning.
    package var entry: Int64
    /// Its age when it ended, or when observation did.
    package var exit: Int64
    /// Whether it ended; false for one that still lasted.
    package var isEvent: Bool

    package init(entry: Int64 = 0, exit: Int64, isEvent: Bool) {
        self.entry = entry
        self.exit = exit
        self.isEvent = isEvent
    }

    /// Whether it was under observation at all. A life that was seen from its beginning may be as
    /// short as 0; one that was entered late must go on after its entry.
    package var isUsable: Bool { exit >= 0 && (entry <= 0 || entry < exit) }

    /// The same in seconds.
    package var observed: ObservedLife {
        ObservedLife(
            entry: Double(entry) / Self.unit, exit: Double(exit) / Self.unit, isEvent: isEvent)
    }
}
