/// A cell as a person sees it, before it is aligned or cut.
struct PlainCell {
    /// What is shown; nothing in it acts on a terminal.
    var text: String
    /// Whether it stands for an unknown value.
    var isNull = false
    /// Whether it is a number, which is never cut.
    var isNumber = false
    /// The series that `text` draws, to be drawn anew for another width.
    var series: Series?

    /// Columns of the terminal.
    var width: Int { DisplayWidth.of(text) }

    /// The text in at most so many columns.
    func fitted(to width: Int, unicode: Bool) -> String {
        if let series { return Sparkline.draw(series.values, width: width, unicode: unicode) }
        return isNumber ? text : DisplayWidth.cut(text, to: width, unicode: unicode)
    }
}
