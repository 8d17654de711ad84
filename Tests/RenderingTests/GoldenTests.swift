import Model
import Rendering
import Testing

@Suite("Output looks as it was approved")
struct GoldenTests {
    private func text(
        _ cursor: any RowCursor, _ format: OutputFormat, _ options: RenderOptions = RenderOptions()
    ) throws -> String {
        var options = options
        options.utcOffset = { _ in 3600 }
        return try Renderer.text(cursor: cursor, format: format, options: options)
    }

    @Test("as a table that is not on a terminal")
    func unlimited() throws {
        try Golden.expect(text(Sample.sockets, .table), is: "sockets.txt")
        try Golden.expect(text(Sample.kinds, .table), is: "kinds.txt")
    }

    @Test("as a table on a terminal", arguments: [120, 80, 60, 40])
    func terminal(width: Int) throws {
        let options = RenderOptions(width: width)
        try Golden.expect(text(Sample.sockets, .table, options), is: "sockets-\(width).txt")
        try Golden.expect(text(Sample.kinds, .table, options), is: "kinds-\(width).txt")
    }

    @Test("as a table with colour, and as one in ASCII")
    func styles() throws {
        let colour = RenderOptions(width: 100, color: true)
        try Golden.expect(text(Sample.sockets, .table, colour), is: "sockets-colour.txt")
        let ascii = RenderOptions(width: 100, unicode: false)
        try Golden.expect(text(Sample.sockets, .table, ascii), is: "sockets-ascii.txt")
        try Golden.expect(text(Sample.kinds, .table, ascii), is: "kinds-ascii.txt")
    }

    @Test(
        "as CSV, JSON and Markdown",
        arguments: [
            (OutputFormat.csv, "csv"), (.json, "json"), (.ndjson, "ndjson"), (.markdown, "md"),
        ])
    func formats(format: OutputFormat, suffix: String) throws {
        try Golden.expect(text(Sample.sockets, format), is: "sockets.\(suffix)")
        try Golden.expect(text(Sample.kinds, format), is: "kinds.\(suffix)")
    }

    @Test("as a block of labelled values", arguments: OutputFormat.allCases)
    func block(format: OutputFormat) throws {
        let columns = [
            Column("recording", title: "Recording"),
            Column("started_at", title: "Since", kind: .moment),
            Column("samples", title: "Samples", kind: .number),
            Column("coverage", title: "Coverage", kind: .ratio),
            Column("size", title: "Size", kind: .bytes),
            Column("ended_at", title: "Ended", kind: .moment),
            Column("note", title: "Note"),
        ]
        let row: [Cell] = [
            .text("/var/lib/socktape/socktape.sqlite"), .integer(1_795_403_520_000_000),
            .integer(28_801), .real(0.99996), .integer(80_740_352), .null,
            .text("the ring was full twice, so that 31 events are known to be missing"),
        ]
        var text = ""
        let options = RenderOptions(width: 60, layout: .record, utcOffset: { _ in 3600 })
        let cursor = ArrayCursor(columns: columns, rows: [row])
        try Renderer.render(cursor: cursor, format: format, options: options) { text += $0 }
        try Golden.expect(text, is: "block.\(format.rawValue)")
    }
}
