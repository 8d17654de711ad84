import ArgumentParser
import Expressions
import Queries

/// Which file is read, and how long that may take.
struct ReaderOptions: ParsableArguments {
    @OptionGroup var database: DatabaseOptions

    @Option(help: ArgumentHelp("Give up after so long: 500ms, 30s, 5m.", valueName: "duration"))
    var timeout: String?

    /// The recording's path.
    func path(in surroundings: Surroundings) -> String { database.path(in: surroundings) }

    /// Ends what runs when it has taken too long.
    func limit(_ cancellation: Cancellation) throws {
        guard let timeout else { return }
        let limit = try DurationExpression(timeout, in: 1...DurationExpression.longest)
        Task.detached {
            try await Task.sleep(for: .microseconds(limit.microseconds))
            cancellation.cancel(.timeout)
        }
    }
}
