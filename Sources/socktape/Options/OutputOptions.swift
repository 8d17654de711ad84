import ArgumentParser
import Rendering

extension OutputFormat: ExpressibleByArgument {}

/// How an answer is written, and where.
struct OutputOptions: ParsableArguments {
    @Option(help: "How the answer is written.")
    var format: OutputFormat = .table

    @Option(
        help: ArgumentHelp(
            "Write to this file; it appears whole or not at all.", valueName: "file"))
    var output: String?

    @Flag(help: "Show every column in tables too; the other formats always do.")
    var wide = false

    @Flag(help: "Leave CSV cells that a spreadsheet would take for formulas as they are.")
    var raw = false
}
