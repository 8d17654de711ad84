import ArgumentParser
import Expressions
import Store

/// What of a recording stays.
struct RetentionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Details older than this go: 12h, 30d.", valueName: "duration"))
    var keep: String?

    @Option(
        help: ArgumentHelp(
            "File and log together stay below this, the oldest goes first: 500MiB, 2GB.",
            valueName: "size"))
    var maxSize: String?

    @Option(
        help: ArgumentHelp(
            "Hours of what was pruned older than this go: 26w, 1y; all stay without it.",
            valueName: "duration"))
    var keepRollups: String?

    /// A minute at the least: what was seen just now may still be amended.
    private static let ages = 60_000_000...DurationExpression.longest

    /// The policy that the options make.
    func policy() throws -> RetentionPolicy {
        let keep = try keep.map { text throws(ExpressionError) in
            try DurationExpression(text, in: Self.ages).microseconds
        }
        let hours = try keepRollups.map { text throws(ExpressionError) in
            try DurationExpression(text, in: Self.ages).microseconds
        }
        let size = try maxSize.map { text throws(ExpressionError) in
            let least = RetentionPolicy.smallestSize
            return try SizeExpression(text, in: least...SizeExpression.largest).bytes
        }
        if let keep, let hours, hours < keep {
            throw Failure(
                .usage,
                "cannot keep hours for \(keepRollups ?? "") and details for \(self.keep ?? ""): "
                    + "hours are what stays of details; try a longer --keep-rollups")
        }
        return RetentionPolicy(
            keepMicroseconds: keep, keepRollupsMicroseconds: hours, maxBytes: size)
    }
}
