/// A series of numbers as a row of small bars.
package enum Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let plain = Array("_.:-=+*#")

    /// Bars between 0, or the lowest number below it, and the highest number; a gap for nil. Only
    /// what is at the bottom gets the lowest bar. A series wider than `width` is thinned by
    /// keeping the highest number of each part.
    package static func draw(
        _ values: [Double?], width: Int? = nil, unicode: Bool = true
    ) -> String {
        let shown = thinned(values.map { $0.flatMap { $0.isFinite ? $0 : nil } }, to: width)
        let present = shown.compactMap { $0 }
        let bottom = min(0, present.min() ?? 0)
        let top = max(0, present.max() ?? 0)
        let bars = unicode ? blocks : plain
        return String(
            shown.map { value in
                guard let value else { return Character(" ") }
                guard value > bottom else { return bars[0] }
                // Halved, so that the span of two finite numbers is finite.
                let share = (value / 2 - bottom / 2) / (top / 2 - bottom / 2)
                return bars[max(1, min(7, Int((share * 7).rounded(.up))))]
            })
    }

    /// At most `width` numbers, each the highest of its part of the series.
    static func thinned(_ values: [Double?], to width: Int?) -> [Double?] {
        guard let width, width < values.count else { return values }
        return (0..<max(0, width)).map { part in
            let range = part * values.count / width..<(part + 1) * values.count / width
            return values[range].compactMap { $0 }.max()
        }
    }
}
