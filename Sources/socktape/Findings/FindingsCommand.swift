import ArgumentParser
import Findings
import Model
import Queries
import Rendering

/// What is wrong, worst first.
struct FindingsCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings",
        abstract: "What is wrong, worst first, with the evidence.",
        discussion: """
            Judges a range by rules: ports, TIME-WAIT and queues that run out, leaks, resets, \
            failed connects, clients that do not pool, limits that come near, and what the \
            recording did not see. Each finding says what was seen and when, the figures, why it \
            matters and what people do about it; --sql adds the SQL that gives the figures. \
            docs/findings.md has a section on each.

            EXAMPLES
              socktape findings
              socktape findings --since -2h --threshold port-use=60%
              socktape findings --fail-on warning --format ndjson
              socktape findings --thresholds
            """)

    /// From which severity on a finding is a failure.
    enum FailOn: String, CaseIterable, ExpressibleByArgument {
        case warning
        case critical

        var severity: Severity { self == .warning ? .warning : .critical }
    }

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Show the SQL behind each finding too; formats other than tables always do.")
    var sql = false

    @Option(
        help: ArgumentHelp(
            "Judge by this: port-use=60%, close-wait-age=5m. May be given several times.",
            valueName: "name=value"))
    var threshold: [String] = []

    @Flag(help: "List every threshold with its unit and what is held against it, and end.")
    var thresholds = false

    @Option(
        help: ArgumentHelp(
            "End with code 1 if something at least so bad is found.", valueName: "severity"))
    var failOn: FailOn?

    func run(in surroundings: Surroundings) throws {
        let chosen = try ThresholdChoice(threshold)
        guard !thresholds else { return try list(chosen, in: surroundings) }
        var found: [Finding] = []
        try Desk.work(database, output, in: surroundings) { desk in
            let scope = Scope(try desk.range(range))
            let inspection = try Inspection(desk.session, scope, chosen.thresholds)
            found = inspection.found.map(\.finding)
            try show(inspection, scope, on: desk)
        }
        guard let failOn else { return }
        let bad = Int64(found.count { $0.severity >= failOn.severity })
        guard bad == 0 else {
            throw Failure(
                .findings, HumanText.count(bad, "finding") + " at or above \(failOn.rawValue)")
        }
    }

    private func list(_ chosen: ThresholdChoice, in surroundings: Surroundings) throws {
        let page = try Page(output, in: surroundings)
        try page.show(chosen.cursor)
        try page.finish()
    }

    private func show(_ inspection: Inspection, _ scope: Scope, on desk: Desk) throws {
        if output.format == .markdown {
            return try desk.page.write(FindingsMarkdown(desk).text(inspection))
        }
        guard desk.page.isForPeople else {
            return try desk.page.show(FindingRows(desk).cursor(inspection.found))
        }
        let text = FindingsText(desk, showsSQL: sql || output.wide)
        try desk.page.write(text.text(inspection))
        try desk.note(inspection.summary)
        if let weakness = inspection.weakness { try desk.note(weakness) }
        if let lacks = inspection.lackSentence { try desk.note(lacks) }
        try desk.tellCoverage(scope)
    }
}
