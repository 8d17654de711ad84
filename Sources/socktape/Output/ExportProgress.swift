import Kernel
import Rendering

/// Keeps one line up to date on a terminal while an export goes on; silent without one.
final class ExportProgress {
    /// The line is drawn anew once so many octets came.
    private static let portion = 4 << 20

    private let number: Int
    private let width: Int?
    private var done = 0
    private var view = ""
    private var octets = 0
    private var drawn = 0

    /// `width` is the terminal's behind standard error; nil where there is none.
    init(of number: Int, width: Int?) {
        self.number = number
        self.width = width
    }

    /// The next view.
    func begin(_ view: String) {
        self.view = view
        done += 1
        draw()
    }

    /// So much more of it.
    func wrote(_ count: Int) {
        octets += count
        if octets - drawn >= Self.portion { draw() }
    }

    /// Takes the line away.
    func close() {
        if width != nil, done > 0 { Terminal.complain("\r\u{1b}[K") }
    }

    private func draw() {
        drawn = octets
        guard let width else { return }
        let line = "view \(done) of \(number): \(view), \(HumanText.bytes(Double(octets))) so far"
        // The last column stays free, or some terminals would begin a new line.
        Terminal.complain("\r\(DisplayWidth.cut(line, to: width - 1))\u{1b}[K")
    }
}
