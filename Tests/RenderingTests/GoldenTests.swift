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
        var block = KeyValueBlock()
        block.add("recording", label: "Recording", .text("/var/lib/socktape/socktape.sqlite"))
        block.add("started_at", label: "Since", .integer(1_795_403_520_000_000), kind: .moment)
        block.add("samples", label: "Samples", .integer(28_801), kind: .number)
        block.add("coverage", label: "Coverage", .real(0.99996), kind: .ratio)
        block.add("size", label: "Size", .integer(80_740_352), kind: .bytes)
        block.add("ended_at", label: "Ended", .null, kind: .moment)
        block.add(
            "note", label: "Note",
            .text("the ring was full twice, so that 31 events are known to be missing"))
        var text = ""
        let options = RenderOptions(width: 60, utcOffset: { _ in 3600 })
        try block.render(format: format, options: options) { text += $0 }
        try Golden.expect(text, is: "block.\(format.rawValue)")
    }

    @Test("as plots")
    func plots() throws {
        let steps = [
            (0.02, 0.9), (0.1, 0.7), (0.5, 0.5), (2, 0.4), (10, 0.2), (60, 0.1), (600, 0.02),
        ].map { SurvivalPlot.Step(time: $0.0, share: $0.1) }
        let linear = SurvivalPlot(steps: steps, end: 900).lines(width: 60, height: 8)
        let plot = SurvivalPlot(steps: steps, end: 900, isLogarithmic: true)
        let bars = BarChart([
            BarChart.Bar(label: "1 ms", value: 1200, text: "1,200"),
            BarChart.Bar(label: "10 ms", value: 8, text: "8"),
            BarChart.Bar(label: "100 ms", value: 0, text: "0"),
            BarChart.Bar(label: "1 s", value: 431, text: "431"),
        ])
        let blocks = [
            linear, plot.lines(width: 60, height: 8),
            plot.lines(width: 60, height: 8, unicode: false), bars.lines(width: 50),
            bars.lines(width: 50, unicode: false),
        ]
        try Golden.expect(
            blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n",
            is: "plots.txt")
    }
}
