import ArgumentParser

/// How many rows are wanted.
struct TopOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("At most so many rows, the largest first; 0 for all.", valueName: "n"))
    var top = 20

    /// nil for all.
    func limit() throws -> Int64? {
        guard top >= 0 else {
            throw Failure(.usage, "cannot show \(top) rows: it is negative; try --top 20")
        }
        return top == 0 ? nil : Int64(top)
    }
}
