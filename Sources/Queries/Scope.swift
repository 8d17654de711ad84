package import Model

/// A stretch of time on the recording's axis, µs; both ends belong to it.
package struct AxisRange: Hashable, Sendable {
    package var since: Int64
    package var until: Int64

    package init(since: Int64, until: Int64) {
        self.since = since
        self.until = until
    }
}

/// A condition on the identity columns, with what is bound to it.
package struct Clause: Hashable, Sendable {
    /// An SQL expression; `TRUE` lets every row pass.
    package var sql: String
    /// Values of its parameters, by name without the colon.
    package var arguments: [String: Cell]

    /// Every row passes.
    package static let all = Clause("TRUE")

    package init(_ sql: String, arguments: [String: Cell] = [:]) {
        self.sql = sql
        self.arguments = arguments
    }
}

extension Clause {
    /// A condition with `?` for each argument, in their order.
    package init(positional sql: String, arguments: [Cell]) {
        var parts = sql.split(separator: "?", omittingEmptySubsequences: false).makeIterator()
        var text = String(parts.next() ?? "")
        var named: [String: Cell] = [:]
        for (index, part) in zip(arguments.indices, IteratorSequence(parts)) {
            let name = "wanted_\(index)_"
            named[name] = arguments[index]
            text += ":" + name + part
        }
        self.init(text, arguments: named)
    }
}

/// What part of a recording a question is about.
package struct Scope: Sendable {
    package var range: AxisRange
    package var filter: Clause
    /// At most so many rows, or groups; nil for all.
    package var top: Int64?

    package init(_ range: AxisRange, filter: Clause = .all, top: Int64? = nil) {
        self.range = range
        self.filter = filter
        self.top = top
    }
}

/// By what connections are gathered into groups.
package enum Grouping: String, CaseIterable, Sendable {
    case process
    case peer
    case port
    case peerPort = "peer-port"
    case role
    case closer

    /// The group's name as an SQL expression over the identity columns.
    var sql: String {
        switch self {
        case .process: "coalesce(comm, 'unknown')"
        case .peer: "coalesce(peer_address, 'unknown')"
        case .port: "coalesce(CAST(local_port AS TEXT), 'unknown')"
        case .peerPort: "coalesce(CAST(peer_port AS TEXT), 'unknown')"
        case .role: "role"
        case .closer: "closed_by"
        }
    }

    /// The name of the group's column.
    package var column: String {
        switch self {
        case .process: "process"
        case .peer: "peer_address"
        case .port: "local_port"
        case .peerPort: "peer_port"
        case .role: "role"
        case .closer: "closed_by"
        }
    }
}
