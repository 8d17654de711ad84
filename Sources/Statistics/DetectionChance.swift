import Glibc
package import Model

/// How likely a dump is to meet a life.
///
/// Where dumps come every D and lives begin at any moment between two of them alike, a life of
/// length L is met with the chance π(L) = min(1, L/D). Counting each life that was met 1/π times
/// makes up for those of its length that were not (Horvitz & Thompson 1952).
///
/// How long a life was is known with bounds. The weight is then the mean of 1/π over them, with its
/// beginning and its end each anywhere within its own alike, which is what midpoints rest on as
/// well. Of one that a single dump met it is 1.5, however short lives are: of lives that are all
/// much shorter than D no weight can make up for those that left no trace.
package struct DetectionChance: Hashable, Sendable {
    /// A life counts no more often: one of no length would count without end.
    package static let heaviest = 1000.0

    /// How long a TIME-WAIT stays, seconds.
    private static let timeWait = 60.0

    /// Seconds between two dumps.
    package let interval: Double

    /// Nil where dumps do not come at any interval.
    package init?(interval: Double) {
        guard interval > 0, interval.isFinite else { return nil }
        self.interval = interval
    }

    /// The chance that a life of so many seconds is met.
    package func chance(_ length: Double) -> Double { min(1, max(0, length) / interval) }

    /// How many lives one stands for that ended, by its bounds, µs. One that lasts is met for
    /// certain. One that left a TIME-WAIT here, which stays 60 s, is met by any dump in these, however
    /// short it was.
    package func weight(opened: Bounds, closed: Bounds, leavesTimeWait: Bool) -> Double {
        if leavesTimeWait { return max(1, interval / Self.timeWait) }
        guard let openedLatest = opened.latest, let closedLatest = closed.latest,
            let openedEarliest = opened.earliest
        else { return 1 }
        let closedEarliest = max(closed.earliest ?? openedEarliest, openedEarliest)
        let opening = Double(min(openedLatest, closedLatest) - openedEarliest) / 1e6
        let ending = Double(closedLatest - closedEarliest) / 1e6
        let longest = Double(closedLatest - openedEarliest) / 1e6
        return weight(longest: longest, opening: opening, ending: ending)
    }

    /// By its longest length and how uncertain its beginning and its end are, seconds.
    func weight(longest: Double, opening: Double, ending: Double) -> Double {
        let (high, first, second) = (longest / interval, opening / interval, ending / interval)
        let low = high - first - second
        guard low < 1 else { return 1 }
        // Beginning and end within the same stretch: any length up to the longest.
        guard low > -Self.fine else { return Self.mean(from: 0, to: high) }
        guard min(first, second) > Self.fine else { return Self.mean(from: max(0, low), to: high) }
        let sum =
            Self.twice(high) - Self.twice(low + first) - Self.twice(low + second)
            + Self.twice(max(0, low))
        return min(Self.heaviest, max(1, sum / (first * second)))
    }

    /// Below such a part of the interval a moment counts as exact.
    private static let fine = 1e-4

    /// The mean of 1/π from one length to another, in intervals.
    private static func mean(from low: Double, to high: Double) -> Double {
        let (low, high) = (max(low, 1 / heaviest), max(high, 1 / heaviest))
        guard high - low > fine else { return max(1, 1 / low) }
        return (once(high) - once(low)) / (high - low)
    }

    /// The integral of 1/π.
    private static func once(_ length: Double) -> Double {
        length < 1 ? log(length) : length - 1
    }

    /// The integral of that.
    private static func twice(_ length: Double) -> Double {
        guard length > 0 else { return 0 }
        return length < 1
            ? length * log(length) - length : (length - 1) * (length - 1) / 2 - 1
    }
}
