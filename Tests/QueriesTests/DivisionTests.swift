import Foundation
import GRDB
import Synchronization
import Testing

@testable import Queries

@Suite("Work in parts")
struct DivisionTests {
    private struct Refused: Error, Equatable { var place: Int }

    @Test("Pieces are taken in their order, whichever is made first", arguments: [1, 2, 5])
    func order(workers: Int) throws {
        let line = AssemblyLine(of: 40, by: workers) { _, place in
            // Every third takes longest.
            if place.isMultiple(of: 3) { usleep(2_000) }
            return place
        }
        var taken: [Int] = []
        try line.each { taken.append($0) }
        #expect(taken == Array(0..<40))
    }

    @Test("Not more pieces are there at once than there is room for")
    func room() throws {
        let made = Mutex(0)
        let line = AssemblyLine(of: 30, by: 2) { _, place in
            made.withLock { $0 += 1 }
            return place
        }
        var taken = 0
        var most = 0
        try line.each { _ in
            usleep(2_000)
            most = max(most, made.withLock { $0 } - taken)
            taken += 1
        }
        #expect(taken == 30)
        #expect(most <= 5, "four, and the one that is looked at")
    }

    @Test("A piece that fails, or that nobody takes, ends the rest")
    func failure() throws {
        let made = Mutex(0)
        let failing = AssemblyLine(of: 1_000, by: 2) { _, place in
            made.withLock { $0 += 1 }
            if place == 7 { throw Refused(place: 7) }
            return place
        }
        var taken: [Int] = []
        #expect(throws: Refused(place: 7)) { try failing.each { taken.append($0) } }
        #expect(taken == Array(0..<7))
        #expect(made.withLock { $0 } < 20)

        made.withLock { $0 = 0 }
        let unwanted = AssemblyLine(of: 1_000, by: 2) { _, place in
            made.withLock { $0 += 1 }
            return place
        }
        #expect(throws: Refused(place: 3)) {
            try unwanted.each { if $0 == 3 { throw Refused(place: 3) } }
        }
        #expect(made.withLock { $0 } < 20)
    }

    @Test("Every id is in one piece, and what pieces gave comes in the order of ids")
    func pieces() throws {
        let night = try Night()
        try Reader(path: night.path).read { session in
            for (ids, each) in [(1...1_000, 1), (5...11, 4), (7...7, 4)]
                as [(ClosedRange<Int64>, Int)]
            {
                let parts = try session.divide(ids, divisible: 1, each: each) { _, ids in ids }
                #expect(parts.flatMap { Array($0) } == Array(ids))
                let count = min(Session.readers * each, ids.count)
                #expect(parts.count == count)
            }
            let whole = try session.divide(1...1_000, divisible: 1_001) { _, ids in ids }
            #expect(whole == [1...1_000])
        }
    }

    @Test("What one reader throws is thrown")
    func thrown() throws {
        let night = try Night()
        try Reader(path: night.path).read { session in
            _ = #expect(throws: Refused(place: 1)) {
                _ = try session.divide(1...100, divisible: 1, each: 4) { _, ids in
                    if ids.contains(99) { throw Refused(place: 1) }
                    return ids
                }
            }
        }
    }
}
