import Glibc

/// A survival curve in characters: the share still alive over time, as a falling step.
package struct SurvivalPlot {
    /// From this time on, this share is alive.
    package struct Step {
        /// Seconds.
        package var time: Double
        /// 0 to 1.
        package var share: Double

        package init(time: Double, share: Double) {
            self.time = time
            self.share = share
        }
    }

    private let steps: [Step]
    private let first: Double
    private let last: Double
    private let isLogarithmic: Bool

    /// A curve that begins at 1 and ends at `end`. A logarithmic axis begins at half the time of
    /// the first step later than 0, and shows short and long lives together.
    package init(steps: [Step], end: Double, isLogarithmic: Bool = false) {
        let usable = steps.filter { $0.time.isFinite && $0.share.isFinite }
        self.steps = usable.sorted { $0.time < $1.time }
        let earliest = self.steps.first { $0.time > 0 }?.time ?? 0
        last = max(end.isFinite ? end : 0, self.steps.last?.time ?? 0)
        self.isLogarithmic = isLogarithmic && earliest > 0 && last > earliest
        first = self.isLogarithmic ? earliest / 2 : 0
    }

    /// The curve, its axes and their labels, in so many columns and lines for the curve itself.
    package func lines(width: Int = 80, height: Int = 12, unicode: Bool = true) -> [String] {
        let columns = max(10, width - 8)
        let rows = max(3, height)
        let curve = unicode ? braille(columns, rows) : plain(columns, rows)
        let axis = unicode ? ("┤", "│", "└", "─") : ("+", "|", "+", "-")
        let middle = rows / 2
        let body = curve.enumerated().map { row, text in
            let label = row == 0 ? "100 %" : row == middle ? " 50 %" : "     "
            let mark = row == 0 || row == middle ? axis.0 : axis.1
            return Self.trimmed("\(label) \(mark)\(text)")
        }
        let floor = "  0 % " + axis.2 + String(repeating: axis.3, count: columns)
        return body + [floor, timeLabels(columns, unicode: unicode)]
    }

    // MARK: The curve

    /// How far from the top the curve is at each of `count` times, in `depth` parts.
    private func depths(_ count: Int, _ depth: Int) -> [Int] {
        var index = 0
        var share = 1.0
        return (0..<count).map { position in
            let time = self.time(at: Double(position) / Double(max(1, count - 1)))
            while index < steps.count, steps[index].time <= time {
                share = max(0, min(1, steps[index].share))
                index += 1
            }
            return Int(((1 - share) * Double(depth - 1)).rounded())
        }
    }

    private func time(at share: Double) -> Double {
        // The last position is the last moment, whatever rounding says.
        if share >= 1 { return last }
        return isLogarithmic
            ? first * pow(last / first, share) : first + (last - first) * share
    }

    /// Two by four dots a character (Unicode block Braille Patterns).
    private func braille(_ columns: Int, _ rows: Int) -> [String] {
        let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        let depths = depths(columns * 2, rows * 4)
        var cells = Array(repeating: Array(repeating: UInt32(0), count: columns), count: rows)
        for (x, y) in depths.enumerated() {
            for dot in min(y, depths[max(0, x - 1)] + 1)...y {
                cells[dot / 4][x / 2] |= bits[x % 2][dot % 4]
            }
        }
        return cells.map { row in
            row.reduce(into: "") { text, bits in
                let scalar = Unicode.Scalar(0x2800 + bits) ?? " "
                text.unicodeScalars.append(bits == 0 ? " " : scalar)
            }
        }
    }

    private func plain(_ columns: Int, _ rows: Int) -> [String] {
        let depths = depths(columns, rows)
        var cells = Array(repeating: Array(repeating: Character(" "), count: columns), count: rows)
        for (x, y) in depths.enumerated() {
            for dot in min(y, depths[max(0, x - 1)] + 1)...y { cells[dot][x] = "|" }
            cells[y][x] = "*"
        }
        return cells.map { String($0) }
    }

    // MARK: Labels

    /// The first, a middle and the last time, each under its place.
    private func timeLabels(_ columns: Int, unicode: Bool) -> String {
        let texts = [0, 0.5, 1].map { HumanText.seconds(time(at: $0), unicode: unicode) }
        let widths = texts.map { DisplayWidth.of($0) }
        let starts = [0, (columns - widths[1]) / 2, columns - widths[2]]
        var line = String(repeating: " ", count: 7)
        for (text, start) in zip(texts, starts) {
            let slack = start + 7 - DisplayWidth.of(line)
            guard slack >= (start == 0 ? 0 : 1) else { continue }
            line += String(repeating: " ", count: slack) + text
        }
        return line
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
