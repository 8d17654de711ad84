import ArgumentParser
import Expressions
import Queries

/// By what connections are gathered where who closed first tells nothing.
enum EndGroup: String, CaseIterable, ExpressibleByArgument {
    case peer, process, port, role
    case peerPort = "peer-port"

    /// The same for a query.
    var grouping: Grouping {
        switch self {
        case .peer: .peer
        case .process: .process
        case .port: .port
        case .role: .role
        case .peerPort: .peerPort
        }
    }
}

/// Parts of a range.
struct BucketOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A row for each so long.", valueName: "duration"))
    var bucket: String?

    /// The length of a part, µs; nil for one part.
    func microseconds() throws -> Int64? {
        try bucket.map {
            try DurationExpression($0, in: 1_000...DurationExpression.longest).microseconds
        }
    }
}
