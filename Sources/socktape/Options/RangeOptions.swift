import ArgumentParser
import Expressions
import Queries

/// What stretch of time is asked about.
struct RangeOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "From then on: 03:12, 'yesterday 22:00', -2h, ISO 8601, Unix seconds; by default the "
                + "latest recording's start.", valueName: "time"))
    var since: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Until then; by default the latest recording's end.", valueName: "time"))
    var until: String?

    /// Whether a range was asked for.
    var isGiven: Bool { since != nil || until != nil }
}
