import Testing

@testable import Ledger

@Suite("The ledger's index")
struct IndexTests {
    @Test("finds every socket that is there, and none that went, whatever came and went before")
    func places() {
        var random = SplitMix(state: 7)
        var index = SlotIndex()
        var keys: [Int: UInt64] = [:]
        var given: [Int: UInt64] = [:]
        for slot in 0..<20_000 {
            // Few different keys, so that many places share one and chains run into each other.
            let key = (random.next() % 3_000).mixed
            index.insert(key, slot)
            keys[slot] = key
            given[slot] = key
            if slot % 3 == 2, let gone = keys.keys.randomElement(using: &random) {
                index.remove(keys[gone] ?? 0, gone)
                keys[gone] = nil
            }
        }
        for slot in 0..<20_000 {
            let found = given[slot].flatMap { index.find($0) { $0 == slot } }
            #expect(found == (keys[slot] == nil ? nil : slot))
        }
    }

    @Test("forgets what is taken away though its key leads to others too")
    func removal() {
        var index = SlotIndex()
        for slot in 0..<5 { index.insert(9, slot) }
        index.remove(9, 2)
        index.remove(9, 7)
        let left = (0..<8).filter { slot in index.find(9) { $0 == slot } != nil }
        #expect(left == [0, 1, 3, 4])
    }

    @Test("holds values by number as a dictionary does")
    func numbers() {
        var random = SplitMix(state: 11)
        var table = NumberTable<Int>()
        var truth: [UInt64: Int] = [:]
        for step in 0..<30_000 {
            let key = random.next() % 2_000
            switch random.next() % 8 {
            case 0...3:
                table[key] = step
                truth[key] = step
            case 4, 5:
                #expect(table.removeValue(forKey: key) == truth.removeValue(forKey: key))
            case 6 where step % 1_000 == 0:
                table.keep { $0 % 2 == 0 }
                truth = truth.filter { $0.value % 2 == 0 }
            default: #expect(table[key] == truth[key])
            }
            #expect(table.count == truth.count)
        }
        #expect(
            Dictionary(uniqueKeysWithValues: table.elements.map { ($0.key, $0.value) }) == truth)
        table.removeAll()
        #expect(table.isEmpty)
        #expect(table[truth.keys.first ?? 0] == nil)
    }
}

/// The same numbers each time (SplitMix64).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return state.mixed
    }
}
