import Dispatch
import FoundationEssentials
import GRDB
import Model
package import Store
import Synchronization

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
    /// Counts over all connections. Where nothing writes to the file, readers of their own take a
    /// part each: they see what this session sees, as it keeps writers out until it ends. Below
    /// `divisible` connections a second reader costs more than it gives.
    package func tally<Tally: ConnectionTally>(
        _ empty: Tally, divisible: Int64 = 200_000
    ) throws -> Tally {
        try translating {
            let scan = try ConnectionScan(database, Tally.extent, of: Tally.part)
            var whole = empty
            try scan.live { whole.add($0) }
            guard let ids = try ConnectionScan.range(database) else {
                whole.finish()
                return whole
            }
            let parts = try parts(of: ids, divisible)
            let others = try readers(parts.dropFirst(), empty)
            let helpers = Helpers(others)
            try Self.count(parts[0], with: scan, into: &whole, cancellation)
            whole.finish()
            for part in try helpers.wait() { whole.merge(part) }
            return whole
        }
    }

    private func parts(
        of ids: ClosedRange<Int64>, _ divisible: Int64
    ) throws -> [ClosedRange<Int64>] {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
        let count = ids.upperBound - ids.lowerBound + 1
        guard mode != "wal", count >= divisible else { return [ids] }
        let number = min(
            count, Int64(min(8, max(1, ProcessInfo.processInfo.activeProcessorCount))))
        return (0..<number).map { part in
            (ids.lowerBound + count * part / number)...(ids.lowerBound + count * (part + 1) / number
                - 1)
        }
    }

    /// What each further reader will do.
    private func readers<Tally: ConnectionTally>(
        _ parts: ArraySlice<ClosedRange<Int64>>, _ empty: Tally
    ) throws -> [@Sendable () throws -> Tally] {
        parts.map { [path, cancellation] ids in
            {
                let file = try RecordingFile.open(readingPath: path)
                return try file.database.read { database in
                    var part = empty
                    let scan = try ConnectionScan(database, Tally.extent, of: Tally.part)
                    try Self.count(ids, with: scan, into: &part, cancellation)
                    part.finish()
                    return part
                }
            }
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

/// Work that goes on on threads of its own until it is waited for.
private final class Helpers<Value: Sendable>: Sendable {
    private let results: Mutex<[Int: Result<Value, any Error>]> = Mutex([:])
    private let done = DispatchGroup()

    init(_ work: [@Sendable () throws -> Value]) {
        for (index, piece) in work.enumerated() {
            done.enter()
            DispatchQueue.global().async { [self] in
                let result = Result { try piece() }
                results.withLock { $0[index] = result }
                done.leave()
            }
        }
    }

    deinit { done.wait() }

    /// What each piece gave, in their order.
    func wait() throws -> [Value] {
        done.wait()
        let results = results.withLock { $0 }
        return try results.sorted { $0.key < $1.key }.map { try $0.value.get() }
    }
}
