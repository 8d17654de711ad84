/// What a renderer may use and whom it writes for.
package struct RenderOptions: Sendable {
    /// How rows are laid out for people.
    package enum Layout: Sendable {
        /// One line a row, under a header.
        case rows
        /// One line a value, behind its label.
        case record
    }

    /// The terminal's width in columns; nil when it is none, so that nothing is cut.
    package var width: Int?
    /// Whether bold and dim are allowed; the caller honours NO_COLOR.
    package var color = false
    /// Whether the locale is UTF-8; without it all that is not ASCII is escaped.
    package var unicode = true
    /// Whether CSV cells may begin a spreadsheet's formula.
    package var raw = false
    /// How rows are laid out for people.
    package var layout = Layout.rows
    /// How many rows a table reads before it settles its columns' widths.
    package var measuredRows = 10_000
    /// Local time less UTC, seconds, at a moment given as seconds since 1970; UTC by default.
    package var utcOffset: @Sendable (_ epochSeconds: Int64) -> Int = { _ in 0 }

    package init(
        width: Int? = nil, color: Bool = false, unicode: Bool = true, raw: Bool = false,
        layout: Layout = .rows,
        utcOffset: @escaping @Sendable (_ epochSeconds: Int64) -> Int = { _ in 0 }
    ) {
        self.width = width
        self.color = color
        self.unicode = unicode
        self.raw = raw
        self.layout = layout
        self.utcOffset = utcOffset
    }
}
