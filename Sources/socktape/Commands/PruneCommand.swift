import ArgumentParser
import Kernel
import Model
import Queries
import Rendering
import Store

/// Makes a recording smaller.
struct PruneCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Take the oldest details out of a recording; their hours stay.",
        discussion: """
            What was over before a moment goes; connections that outlasted it stay whole. What the \
            details said stays by hour in the views hourly_*. --keep counts back from now. A \
            recording that is being recorded is refused: 'record' has the same options. Ctrl-C ends \
            it between two steps: what is gone by then stays gone, and the file is whole.

            EXAMPLES
              socktape prune --keep 30d --dry-run
              socktape prune --max-size 2GB
              socktape prune --keep 7d --keep-rollups 1y --db old.sqlite
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var retention: RetentionOptions

    @Flag(help: "Say what would go, and change nothing.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func run(in surroundings: Surroundings) throws {
        let policy = try retention.policy()
        guard !policy.keepsAll else {
            throw Failure(
                .usage, "cannot prune: nothing says what is to stay; try --keep 30d")
        }
        let path = database.path(in: surroundings)
        let page = try Page(output, in: surroundings)
        let now = surroundings.now()
        let (lock, (plan, report)) = try lockAndPlan(policy, now: now, path, surroundings)
        defer { lock.release() }
        try page.show(Self.cursor(report))
        try tell(plan, report, on: page, surroundings)
        if !dryRun { try prune(path, plan, report, now: now, page, surroundings) }
        try page.finish()
    }

    /// A file that is not there, or none of ours, is told before it is locked.
    private func lockAndPlan(
        _ policy: RetentionPolicy, now: Int64, _ path: String, _ surroundings: Surroundings
    ) throws -> (FileLock, (PrunePlan, PruneReport)) {
        let reader = try surroundings.reader(database)
        let lock = try FileLock(path)
        return (lock, try reader.prunePlan(policy, now: now))
    }

    private static func cursor(_ report: PruneReport) -> ArrayCursor {
        ArrayCursor(
            columns: [Column("part"), Column("rows", kind: .number)],
            rows: zip(PrunePlan.parts, report.rows).map { [.text($0), .integer($1)] })
    }

    private func tell(
        _ plan: PrunePlan, _ report: PruneReport, on page: Page, _ surroundings: Surroundings
    ) throws {
        func text(_ moment: Int64) -> String {
            String(HumanText.moment(moment, utcOffset: surroundings.utcOffset).prefix(19))
        }
        let rows = HumanText.count(report.rows.reduce(0, +), "row")
        let go = dryRun ? "would go" : "go"
        guard let from = report.from, let until = report.until else {
            let nothing = dryRun ? "nothing would go" : "nothing goes"
            return try page.note(report.rows.allSatisfy { $0 == 0 } ? nothing : "\(rows) \(go)")
        }
        try page.note(
            "\(rows) \(go), of what was over between \(text(from)) and \(text(until)); about "
                + HumanText.bytes(Double(plan.bytes)))
    }

    private func prune(
        _ path: String, _ plan: PrunePlan, _ report: PruneReport, now: Int64, _ page: Page,
        _ surroundings: Surroundings
    ) throws {
        let line = PruneProgress(
            of: report.rows.reduce(0, +), width: surroundings.errorWidth)
        let store = try RecordingStore(path: path)
        let before = store.fileBytes ?? 0
        defer { line.close() }
        try store.prune(plan, now: now) { rows, _ in
            line.update(rows)
            guard let reason = surroundings.cancellation.reason else { return }
            let (code, word): (ExitCode, String) =
                reason == .timeout ? (.busy, "--timeout is over") : (.interrupted, "interrupted")
            throw Failure(
                code, "\(word): \(HumanText.count(rows, "row")) went; try again for the rest")
        }
        let after = store.fileBytes ?? 0
        try page.note(
            "the file took \(HumanText.bytes(Double(before))) and takes "
                + HumanText.bytes(Double(after)))
        if let most = try retention.policy().maxBytes, after > most {
            try page.note(
                "it is still larger than \(HumanText.bytes(Double(most))): try again, or "
                    + "a shorter --keep")
        }
    }
}
