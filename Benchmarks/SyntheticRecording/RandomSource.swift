import Foundation

/// A generator whose numbers are the same for the same seed (SplitMix64: Steele, Lea and Flood,
/// OOPSLA 2014).
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = (state ^ (state &>> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value &>> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value &>> 31)
    }

    /// From 0 to 1, neither of them.
    mutating func unit() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }

    /// Whether something of this probability happens.
    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// A whole number of the range.
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        let width = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next() % width)
    }

    /// Log-normal with this median; `spread` is the standard deviation of the logarithm.
    mutating func logNormal(median: Double, spread: Double) -> Double {
        let normal = (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit())
        return median * exp(spread * normal)
    }

    /// Poisson; above 60 by the normal approximation.
    mutating func poisson(mean: Double) -> Int {
        guard mean < 60 else {
            let normal = (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit())
            return max(0, Int((mean + mean.squareRoot() * normal).rounded()))
        }
        var product = unit()
        var count = 0
        let limit = exp(-mean)
        while product > limit {
            product *= unit()
            count += 1
        }
        return count
    }
}
