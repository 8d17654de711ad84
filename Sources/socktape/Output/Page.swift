import Kernel
import Model
import Rendering

/// Where an answer is written, and how.
final class Page {
    private let output: OutputFile
    private let format: OutputFormat
    private let options: RenderOptions
    private let isWide: Bool
    /// Whether the person asked for SQL and not for what it answers.
    let showsSQL: Bool
    /// What hides addresses; nil where they are shown.
    private let hider: AddressHider?

    /// Opens the output before anything else is done.
    init(
        _ options: OutputOptions, hider: AddressHider? = nil, showsSQL: Bool = false,
        in surroundings: Surroundings
    ) throws {
        self.showsSQL = showsSQL
        self.hider = hider
        output =
            try options.output.map { try OutputFile(replacing: $0) }
            ?? OutputFile.standardOutput()
        format = options.format
        isWide = options.wide
        self.options = surroundings.renderOptions(isTerminal: output.isTerminal, raw: options.raw)
    }

    /// A table on standard output.
    init(in surroundings: Surroundings) throws {
        output = try OutputFile.standardOutput()
        showsSQL = false
        hider = nil
        format = .table
        isWide = false
        options = surroundings.renderOptions(isTerminal: output.isTerminal, raw: false)
    }

    /// Whether a person reads the answer as it is written.
    var isForPeople: Bool { format == .table && !showsSQL }

    /// Columns of the terminal; 80 where there is none.
    var width: Int { options.width ?? 80 }

    /// Whether the locale's characters are UTF-8.
    var unicode: Bool { options.unicode }

    /// Whether bold and colours are allowed.
    var color: Bool { options.color }

    /// Writes rows.
    func show(
        _ cursor: any RowCursor, shown: [Int]? = nil, layout: RenderOptions.Layout = .rows
    ) throws {
        var options = options
        var cursor = cursor
        if let shown, isForPeople, !isWide { cursor = ChosenColumns(shown, of: cursor) }
        if let hider { cursor = HiddenRows(cursor, hider: hider) }
        options.layout = layout
        try Renderer.render(cursor: cursor, format: format, options: options) {
            try output.write($0)
        }
    }

    /// Tells a person something beside the data. Machines that read the data are not told.
    func note(_ text: String) throws {
        guard isForPeople else { return }
        try output.flush()
        let text = hider?.hidden(text) ?? text
        Terminal.complain(Self.wrapped(text, to: options.width ?? 80, unicode: options.unicode))
    }

    /// Tells what an answer leaves out, whoever reads it.
    func warn(_ text: String) throws {
        try output.flush()
        let text = hider?.hidden(text) ?? text
        Terminal.complain(Self.wrapped(text, to: options.width ?? 80, unicode: options.unicode))
    }

    /// Writes text as it stands.
    func write(_ text: String) throws { try output.write(text) }

    /// Gives the output its name.
    func finish() throws { try output.commit() }

    /// The text in lines of this width, each further one indented.
    private static func wrapped(_ text: String, to width: Int, unicode: Bool) -> String {
        var lines: [String] = []
        let visible = SafeText.visible(text, unicode: unicode)
        for word in visible.split(separator: " ") {
            guard let line = lines.last else {
                lines.append(String(word))
                continue
            }
            if line.count + word.count + 1 <= max(20, width) {
                lines[lines.count - 1] = line + " " + word
            } else {
                lines.append("  " + word)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
