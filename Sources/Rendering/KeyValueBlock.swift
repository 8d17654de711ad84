package import Model

/// A few labelled values, such as a recording's summary. They are one row, so that they can be
/// written in any format; people see a line for each.
package struct KeyValueBlock {
    private var columns: [Column] = []
    private var values: [Cell] = []

    package init() {}

    /// Adds a value; `name` is its key in JSON, `label` what people read.
    package mutating func add(
        _ name: String, label: String? = nil, _ value: Cell, kind: ColumnKind = .text
    ) {
        columns.append(Column(name, title: label, kind: kind))
        values.append(value)
    }

    /// The values as a result of one row.
    package var cursor: any RowCursor { ArrayCursor(columns: columns, rows: [values]) }

    /// Writes the block; people get a line for each value.
    package func render(
        format: OutputFormat, options: RenderOptions, to write: (String) throws -> Void
    ) throws {
        var options = options
        options.layout = .record
        try Renderer.render(cursor: cursor, format: format, options: options, to: write)
    }
}
