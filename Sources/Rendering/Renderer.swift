package import Model

/// Writes a result in any format: the one place that tells formats apart.
package enum Renderer {
    /// Reads the cursor to its end and hands over complete lines. What the cursor or the
    /// destination throws comes through.
    package static func render(
        cursor: any RowCursor, format: OutputFormat, options: RenderOptions,
        to write: (String) throws -> Void
    ) throws {
        switch format {
        case .table: try TableWriter(options: options).write(cursor, to: write)
        case .markdown: try MarkdownWriter(options: options).write(cursor, to: write)
        case .csv: try CSVWriter(options).write(cursor, to: write)
        case .json: try JSONWriter(isArray: true).write(cursor, to: write)
        case .ndjson: try JSONWriter(isArray: false).write(cursor, to: write)
        }
    }

    /// The whole result as one text, for results that are known to be small.
    package static func text(
        cursor: any RowCursor, format: OutputFormat, options: RenderOptions
    ) throws -> String {
        var text = ""
        try render(cursor: cursor, format: format, options: options) { text += $0 }
        return text
    }
}
