import Glibc

/// Durations along the columns of a terminal, each column as many times longer than the one before.
package struct LogAxis: Sendable {
    /// Durations that read well, seconds.
    private static let decades: [Double] = [
        1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 60, 600, 3600, 36_000, 86_400, 864_000,
        8_640_000,
    ]
    private static let between: [Double] =
        (-6...0).flatMap { power in [2, 5].map { $0 * pow(10, Double(power)) } } + [
            20, 30, 120, 300, 1200, 1800, 7200, 18_000, 172_800, 432_000,
        ]
    /// The shortest that is drawn, seconds.
    private static let least = 1e-6

    private let low: Double
    private let high: Double
    /// How many columns there are.
    package let columns: Int

    /// An axis with some room beyond both ends, seconds; nil where nothing can be drawn.
    package init?(from first: Double, to last: Double, columns: Int) {
        guard first.isFinite, last.isFinite, columns > 1 else { return nil }
        low = max(Self.least, min(first, last)) / 1.25
        high = max(Self.least, last) * 1.25
        self.columns = columns
    }

    /// The durations at both edges and in the middle of each column, ascending.
    package var edges: [Double] {
        let parts = 2 * columns
        return (0...parts).map { low * pow(high / low, Double($0) / Double(parts)) }
    }

    /// The column in which a duration lies; nil where it is beyond.
    func column(of duration: Double) -> Int? {
        let share = log(duration / low) / log(high / low)
        return 0 <= share && share < 1 ? Int(share * Double(columns)) : nil
    }

    /// Marks with their labels, from the left; labels neither meet nor leave the axis.
    func marks(unicode: Bool) -> [(column: Int, start: Int, label: String)] {
        var marks: [(column: Int, start: Int, label: String)] = []
        for durations in [Self.decades, (Self.decades + Self.between).sorted()] {
            marks = []
            for duration in durations {
                guard let column = column(of: duration) else { continue }
                let label = Self.label(duration, unicode: unicode)
                let start = max(0, column - label.count / 2)
                let end = marks.last.map { $0.start + $0.label.count + 2 } ?? 0
                guard start >= end, start + label.count <= columns else { continue }
                marks.append((column, start, label))
            }
            if marks.count > 2 { break }
        }
        return marks
    }

    private static func label(_ duration: Double, unicode: Bool) -> String {
        for (unit, name) in [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms")]
        where duration >= unit * 0.999 {
            return HumanText.fixed(duration / unit, 0) + " " + name
        }
        return HumanText.fixed(duration / 1e-6, 0) + (unicode ? " µs" : " us")
    }
}
