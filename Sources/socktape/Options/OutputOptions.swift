import ArgumentParser
import Rendering

extension OutputFormat: ExpressibleByArgument {}

/// How an answer is written, and where.
struct OutputOptions: ParsableArguments {
    @Option(help: "table, csv, json, ndjson or markdown.")
    var format: OutputFormat = .table

    @Option(
        help: ArgumentHelp(
            "Write to this file; it appears whole or not at all.", valueName: "file"))
    var output: String?

    @Flag(help: "Leave CSV cells that a spreadsheet would take for formulas as they are.")
    var raw = false
}
