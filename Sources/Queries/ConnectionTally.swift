import GRDB
import Model
package import Store

/// Something counted over every connection of a recording, in parts that are put together.
package protocol ConnectionTally: Sendable {
    /// What it must be told of each connection.
    static var extent: ConnectionScan.Extent { get }
    /// Of which connections it must be told; it may be told of others.
    static var part: ConnectionScan.Part { get }
    /// Takes one connection.
    mutating func add(_ connection: ScannedConnection)
    /// Ends a part: what each can do alone, before they are put together.
    mutating func finish()
    /// Takes what another part counted.
    mutating func merge(_ other: Self)
}

extension ConnectionTally {
    package static var part: ConnectionScan.Part { .all }
    package mutating func finish() {}
}

extension Session {
    /// How many connections go by between two looks at whether the answer is still wanted.
    private static let patience = 65_536

    /// Counts over all connections, in parts where that pays.
    package func tally<Tally: ConnectionTally>(
        _ empty: Tally, divisible: Int64 = 200_000
    ) throws -> Tally {
        try translating {
            var whole = empty
            try ConnectionScan(database, Tally.extent, of: Tally.part).live { whole.add($0) }
            whole.finish()
            guard let ids = try ConnectionScan.range(database) else { return whole }
            let parts = try divide(ids, divisible: divisible) { [cancellation] database, ids in
                var part = empty
                let scan = try ConnectionScan(database, Tally.extent, of: Tally.part)
                try Self.count(ids, with: scan, into: &part, cancellation)
                part.finish()
                return part
            }
            for part in parts { whole.merge(part) }
            return whole
        }
    }

    private static func count<Tally: ConnectionTally>(
        _ ids: ClosedRange<Int64>, with scan: ConnectionScan, into tally: inout Tally,
        _ cancellation: Cancellation
    ) throws {
        var until = patience
        try scan.ended(ids) { connection in
            tally.add(connection)
            until -= 1
            guard until == 0 else { return }
            until = patience
            if let reason = cancellation.reason { throw reason.error }
        }
    }
}
