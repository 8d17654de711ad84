/// Labelled horizontal bars, as for a histogram.
package struct BarChart {
    /// One bar.
    package struct Bar {
        /// What stands before the bar.
        package var label: String
        /// The bar's length; below 0 counts as 0.
        package var value: Double
        /// The value as people read it, between label and bar.
        package var text: String

        package init(label: String, value: Double, text: String) {
            self.label = label
            self.value = value
            self.text = text
        }
    }

    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    private let bars: [Bar]

    package init(_ bars: [Bar]) { self.bars = bars }

    /// One line a bar within a width; the longest bar fills it. A value above 0 is never without
    /// a mark.
    package func lines(width: Int = 80, unicode: Bool = true) -> [String] {
        let labels = bars.map { SafeText.visible($0.label, unicode: unicode) }
        let texts = bars.map { SafeText.visible($0.text, unicode: unicode) }
        let labelWidth = labels.reduce(0) { max($0, DisplayWidth.of($1)) }
        let textWidth = texts.reduce(0) { max($0, DisplayWidth.of($1)) }
        let room = max(4, width - labelWidth - textWidth - 4)
        let longest = bars.reduce(0) { max($0, $1.value.isFinite ? $1.value : 0) }
        return bars.indices.map { index in
            let share = longest > 0 ? max(0, min(1, bars[index].value / longest)) : 0
            let bar = share.isNaN ? "" : Self.bar(share * Double(room), unicode: unicode)
            let head =
                Self.right(labels[index], labelWidth) + "  "
                + Self.right(texts[index], textWidth)
            return bar.isEmpty ? head : head + "  " + bar
        }
    }

    private static func bar(_ length: Double, unicode: Bool) -> String {
        guard length > 0 else { return "" }
        guard unicode else {
            return String(repeating: "#", count: max(1, Int(length.rounded())))
        }
        let parts = max(1, Int((length * 8).rounded()))
        return String(repeating: "█", count: parts / 8) + eighths[parts % 8]
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - DisplayWidth.of(text))) + text
    }
}
