import Dispatch
import FoundationEssentials
import GRDB
import Store
import Synchronization

extension Session {
    /// Readers at work at once.
    static var readers: Int { min(8, max(1, ProcessInfo.processInfo.activeProcessorCount)) }

    /// Whether readers of their own see what this session sees: nobody writes to the file, and the
    /// session keeps writers out until it ends.
    func isDivisible() throws -> Bool {
        try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal"
    }

    /// Does some work on a range of ids, in pieces where the file can be divided: this session and
    /// readers of their own take one after another, so many `each` where all take the same time.
    /// Below `divisible` ids a second reader costs more than it gives. Gives what each piece gave, in
    /// the order of the ids.
    func divide<Value: Sendable>(
        _ ids: ClosedRange<Int64>, divisible: Int64, each: Int = 1,
        _ work: @escaping @Sendable (Database, ClosedRange<Int64>) throws -> Value
    ) throws -> [Value] {
        let count = ids.upperBound - ids.lowerBound + 1
        guard count >= divisible, try isDivisible() else { return [try work(database, ids)] }
        let pieces = Pieces(ids, Int(min(count, Int64(Self.readers * each))))
        let helpers = Helpers(
            (1..<Self.readers).map { [path] _ in
                {
                    let file = try RecordingFile.open(readingPath: path)
                    return try file.database.read { database in
                        try pieces.take { try work(database, $0) }
                    }
                }
            })
        let own = try pieces.take { try work(database, $0) }
        let all = try helpers.wait().reduce(into: own) { all, taken in
            all.merge(taken) { own, _ in own }
        }
        return all.sorted { $0.key < $1.key }.map(\.value)
    }
}

/// A range of ids, cut into pieces that several readers take.
private final class Pieces: Sendable {
    private let ids: ClosedRange<Int64>
    private let number: Int
    private let next = Atomic(0)

    init(_ ids: ClosedRange<Int64>, _ number: Int) {
        self.ids = ids
        self.number = number
    }

    /// Takes one piece after another until none is left; what each gave, by its place.
    func take<Value>(_ work: (ClosedRange<Int64>) throws -> Value) rethrows -> [Int: Value] {
        var taken: [Int: Value] = [:]
        while true {
            let place = next.add(1, ordering: .relaxed).oldValue
            guard place < number else { return taken }
            taken[place] = try work(start(of: place)...(start(of: place + 1) - 1))
        }
    }

    private func start(of place: Int) -> Int64 {
        let count = ids.upperBound - ids.lowerBound + 1
        return ids.lowerBound + count * Int64(place) / Int64(number)
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
