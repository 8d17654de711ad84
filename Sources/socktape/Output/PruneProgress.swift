import Kernel
import Rendering

/// Keeps one line up to date on a terminal while rows are pruned; silent without one.
final class PruneProgress {
    private let number: Int64
    private let width: Int?
    private var isShown = false
    private var shown: Int64 = -1

    /// `width` is the terminal's behind standard error; nil where there is none.
    init(of number: Int64, width: Int?) {
        self.number = number
        self.width = width
    }

    /// So many rows went in all.
    func update(_ rows: Int64) {
        guard let width else { return }
        let share = number > 0 ? min(100, rows * 100 / number) : 100
        guard share != shown else { return }
        shown = share
        isShown = true
        let line = "pruning: \(HumanText.number(rows)) of \(HumanText.number(number)) rows"
        // The last column stays free, or some terminals would begin a new line.
        Terminal.complain("\r\(DisplayWidth.cut(line, to: width - 1))\u{1b}[K")
    }

    /// Takes the line away.
    func close() {
        if isShown { Terminal.complain("\r\u{1b}[K") }
    }
}
