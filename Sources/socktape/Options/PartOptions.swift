import ArgumentParser
import Expressions
import Queries

/// Parts of a range, each answered like a range of its own.
struct PartOptions: ParsableArguments {
    /// More of them nobody reads, and as one statement of SQL they would be too many.
    private static let most: Int64 = 500

    @Option(
        help: ArgumentHelp(
            "The answer for each so long, one below the other.", valueName: "duration"))
    var bucket: String?

    /// The length of a part, µs; nil where the range is one.
    func length(of scope: Scope) throws -> Int64? {
        guard let bucket else { return nil }
        let length = try DurationExpression(bucket, in: 1_000...DurationExpression.longest)
            .microseconds
        guard Buckets(scope.range, length).count <= Self.most else {
            throw Failure(
                .usage,
                "cannot answer for more than \(Self.most) parts of a range; try a longer "
                    + "--bucket, or a shorter range")
        }
        return length
    }
}
