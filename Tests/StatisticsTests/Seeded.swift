/// The same numbers in each run (a linear congruential generator, Knuth's MMIX constants).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 32 | (state &* 0x9e37_79b9_7f4a_7c15) & 0xffff_ffff_0000_0000
    }

    /// From 0 up to 1.
    mutating func unit() -> Double { Double.random(in: 0..<1, using: &self) }
}
