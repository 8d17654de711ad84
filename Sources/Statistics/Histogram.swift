import Glibc

/// Counts over bins whose edges are 1, 2 and 5 times powers of ten, so that each is about twice as
/// wide as the one before and its edges read well.
package struct Histogram: Hashable, Sendable {
    /// One bin: the numbers from `lower` on and below `upper`.
    package struct Bin: Hashable, Sendable {
        /// The smallest number that belongs to it.
        package var lower: Double
        /// The smallest number that no longer does.
        package var upper: Double
        /// How many there are.
        package var count: Int
    }

    /// The bins from the first to the last that holds a number, empty ones between them included.
    package let bins: [Bin]
    /// Numbers that are 0 or less and so in no bin.
    package let notPositive: Int

    /// Counts a sample; what is not finite is left out.
    package init(_ sample: [Double]) {
        var counts: [Int: Int] = [:]
        var notPositive = 0
        for value in sample where value.isFinite {
            if value > 0 {
                counts[Self.index(of: value), default: 0] += 1
            } else {
                notPositive += 1
            }
        }
        self.notPositive = notPositive
        guard let first = counts.keys.min(), let last = counts.keys.max() else {
            bins = []
            return
        }
        bins = (first...last).map { index in
            Bin(
                lower: Self.edge(index), upper: Self.edge(index + 1), count: counts[index] ?? 0)
        }
    }

    /// The bin of a positive number; its logarithm may be one off at an edge, the edges decide.
    private static func index(of value: Double) -> Int {
        var index = Int((log10(value) * 3).rounded(.down))
        while value < edge(index) { index -= 1 }
        while value >= edge(index + 1) { index += 1 }
        return index
    }

    /// The lower edge of a bin: three to a decade.
    private static func edge(_ index: Int) -> Double {
        let (decade, place) = index.quotientAndRemainder(dividingBy: 3)
        let power = place < 0 ? decade - 1 : decade
        let mantissa = [1.0, 2, 5][place < 0 ? place + 3 : place]
        // A quotient of two exact numbers is the nearest double; a product with 1e-3 is not.
        return power < 0 ? mantissa / pow(10, Double(-power)) : mantissa * pow(10, Double(power))
    }
}
