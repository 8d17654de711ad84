/// A survival curve and below it, on the same logarithmic axis of time, what share of lives ends
/// when.
package struct LifePlot: Sendable {
    /// Room for labels left of the axis.
    private static let margin = 7
    private static let widest = 120
    private static let narrowest = 20
    private static let curveRows = 9
    private static let barRows = 4

    private let axis: LogAxis
    private let survival: [Double]
    private let unicode: Bool

    /// How many columns a plot takes in a terminal of this width.
    package static func columns(in width: Int) -> Int {
        max(narrowest, min(widest, width - 1) - margin)
    }

    /// `survival` is the share that lives longer than each of the axis's edges.
    package init(_ axis: LogAxis, survival: [Double], unicode: Bool) {
        self.axis = axis
        self.survival = survival
        self.unicode = unicode
    }

    /// Complete lines.
    package var text: String {
        guard survival.count == 2 * axis.columns + 1 else { return "" }
        let curve = unicode ? dots : stars
        var lines = ["lives longer than this"]
        for row in curve.indices {
            let label = row.isMultiple(of: 2) ? "\(100 - 100 * row / (curve.count - 1)) %" : ""
            lines.append(self.line(label, curve[row]))
        }
        lines.append("ends here")
        let bars = self.bars
        for row in bars.rows.indices {
            lines.append(self.line(row == 0 ? Self.percent(bars.highest) : "", bars.rows[row]))
        }
        return (lines + scale).joined(separator: "\n") + "\n"
    }

    private func line(_ label: String, _ cells: [Character]) -> String {
        let padded = String(repeating: " ", count: max(0, 5 - label.count)) + label
        let mark: Character = label.isEmpty ? (unicode ? "│" : "|") : (unicode ? "┤" : "+")
        var text = padded + " " + String(mark) + String(cells)
        while text.last == " " { text.removeLast() }
        return text
    }

    private var scale: [String] {
        let marks = axis.marks(unicode: unicode)
        var rule = [Character](repeating: unicode ? "─" : "-", count: axis.columns)
        var labels = [Character](repeating: " ", count: axis.columns)
        for mark in marks {
            rule[mark.column] = unicode ? "┬" : "+"
            for (index, character) in mark.label.enumerated() {
                labels[mark.start + index] = character
            }
        }
        let corner = unicode ? "└" : "+"
        var text = String(repeating: " ", count: Self.margin) + String(labels)
        while text.last == " " { text.removeLast() }
        return [String(repeating: " ", count: Self.margin - 1) + corner + String(rule), text]
    }

    /// A share in per cent within five characters.
    private static func percent(_ share: Double) -> String {
        let percent = share * 100
        if percent > 0, percent < 0.1 { return "<0.1%" }
        return HumanText.fixed(percent, percent < 9.95 ? 1 : 0) + (percent < 9.95 ? "%" : " %")
    }
}

// MARK: The curve

extension LifePlot {
    /// How far below the top a share is drawn.
    private func depth(_ share: Double, of steps: Int) -> Int {
        Int(((1 - max(0, min(1, share))) * Double(steps - 1)).rounded())
    }

    /// In braille: two by four dots a character (Unicode, 2800 to 28FF).
    private var dots: [[Character]] {
        let bits: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        var cells = [[UInt32]](
            repeating: Array(repeating: 0, count: axis.columns), count: Self.curveRows)
        for half in 0..<(2 * axis.columns) {
            let from = depth(survival[half], of: 4 * Self.curveRows)
            let to = depth(survival[half + 1], of: 4 * Self.curveRows)
            for dot in min(from, to)...max(from, to) {
                cells[dot / 4][half / 2] |= bits[half % 2][dot % 4]
            }
        }
        return cells.map { row in
            row.map { $0 == 0 ? " " : Unicode.Scalar(0x2800 + $0).map(Character.init) ?? " " }
        }
    }

    private var stars: [[Character]] {
        var cells = [[Character]](
            repeating: Array(repeating: " ", count: axis.columns), count: Self.curveRows)
        for column in 0..<axis.columns {
            let from = depth(survival[2 * column], of: Self.curveRows)
            let to = depth(survival[2 * column + 2], of: Self.curveRows)
            for row in min(from, to)...max(from, to) { cells[row][column] = "*" }
        }
        return cells
    }

    /// What ends in each column, as bars up to the highest.
    private var bars: (rows: [[Character]], highest: Double) {
        let shares = (0..<axis.columns).map { column -> Double in
            let before = column == 0 ? 1 : survival[2 * column]
            return max(0, before - survival[2 * column + 2])
        }
        let highest = shares.max() ?? 0
        let blocks = Array(unicode ? " ▁▂▃▄▅▆▇█" : " ...:::##")
        let full = Self.barRows * 8
        let heights = shares.map { share -> Int in
            guard share > 1e-9, highest > 0 else { return 0 }
            return max(1, Int((share / highest * Double(full)).rounded()))
        }
        let rows = (0..<Self.barRows).map { row -> [Character] in
            let below = 8 * (Self.barRows - 1 - row)
            return heights.map { blocks[max(0, min(8, $0 - below))] }
        }
        return (rows, highest)
    }
}
