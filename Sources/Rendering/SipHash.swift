/// SipHash-2-4: a keyed function that cannot be told from a random one without its key
/// (J.-P. Aumasson and D. J. Bernstein, SipHash: a fast short-input PRF, 2012).
package struct SipHash: Hashable, Sendable {
    /// The key's halves.
    private let key: (low: UInt64, high: UInt64)

    package init(low: UInt64, high: UInt64) { key = (low, high) }

    package static func == (left: SipHash, right: SipHash) -> Bool { left.key == right.key }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(key.low)
        hasher.combine(key.high)
    }

    /// The value of so many octets.
    package func value(_ octets: [UInt8]) -> UInt64 {
        var state = State(key)
        let whole = octets.count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            state.take(Self.word(octets[start..<start + 8]))
        }
        state.take(
            Self.word(octets[whole...]) | UInt64(truncatingIfNeeded: octets.count) << 56)
        return state.end()
    }

    /// The value of the three words' octets, little end first.
    package func value(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> UInt64 {
        var state = State(key)
        state.take(first)
        state.take(second)
        state.take(third)
        state.take(24 << 56)
        return state.end()
    }

    private static func word(_ octets: ArraySlice<UInt8>) -> UInt64 {
        octets.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private struct State {
        private var a: UInt64
        private var b: UInt64
        private var c: UInt64
        private var d: UInt64

        init(_ key: (low: UInt64, high: UInt64)) {
            a = key.low ^ 0x736f_6d65_7073_6575
            b = key.high ^ 0x646f_7261_6e64_6f6d
            c = key.low ^ 0x6c79_6765_6e65_7261
            d = key.high ^ 0x7465_6462_7974_6573
        }

        mutating func take(_ word: UInt64) {
            d ^= word
            for _ in 0..<2 { turn() }
            a ^= word
        }

        mutating func end() -> UInt64 {
            c ^= 0xff
            for _ in 0..<4 { turn() }
            return a ^ b ^ c ^ d
        }

        private mutating func turn() {
            a &+= b
            b = Self.rotated(b, 13) ^ a
            a = Self.rotated(a, 32)
            c &+= d
            d = Self.rotated(d, 16) ^ c
            a &+= d
            d = Self.rotated(d, 21) ^ a
            c &+= b
            b = Self.rotated(b, 17) ^ c
            c = Self.rotated(c, 32)
        }

        private static func rotated(_ word: UInt64, _ by: UInt64) -> UInt64 {
            word << by | word >> (64 - by)
        }
    }
}
