import Foundation
import Model
import Statistics
import Testing

@Suite("What dumps alone miss, estimated")
struct DetectionTests {
    private let chance = DetectionChance(interval: 1)

    private func bounds(_ from: Double, _ to: Double) -> Bounds {
        Bounds(earliest: Int64((from * 1e6).rounded()), latest: Int64((to * 1e6).rounded()))
    }

    private func weight(_ opened: Bounds, _ closed: Bounds, waits: Bool = false) throws -> Double {
        try #require(chance).weight(opened: opened, closed: closed, leavesTimeWait: waits)
    }

    @Test func `A quarter of an interval is met one time in four, and counts four times`() throws {
        #expect(try #require(chance).chance(0.25) == 0.25)
        #expect(try weight(bounds(10, 10), bounds(10.25, 10.25)) == 4)
        #expect(try weight(bounds(10, 10), bounds(11.5, 11.5)) == 1)
    }

    /// Half of the lives that opened and closed anywhere in two steps are longer than one, and the
    /// others' chances are averaged: 1/2 + ∫ 1/s · s ds = 3/2.
    @Test func `A life that one dump met counts one and a half times`() throws {
        #expect(abs(try weight(bounds(10, 11), bounds(11, 12)) - 1.5) < 1e-9)
    }

    @Test func `A weight is the mean of what each length within the bounds would count`() throws {
        for (opened, closed) in [
            (bounds(10, 10.4), bounds(10.5, 10.8)), (bounds(10, 10), bounds(10.2, 10.9)),
            (bounds(10, 10.001), bounds(10.1, 11.3)), (bounds(10.2, 11), bounds(11, 11.1)),
        ] {
            var sum = 0.0
            let parts = 1_000
            for first in 0..<parts {
                for second in 0..<parts {
                    let begin = middle(opened, first, parts)
                    let end = middle(closed, second, parts)
                    sum += max(1, 1 / (end - begin))
                }
            }
            let expected = sum / Double(parts * parts)
            #expect(abs(try weight(opened, closed) - expected) < 0.01 * expected)
        }
    }

    private func middle(_ bounds: Bounds, _ index: Int, _ parts: Int) -> Double {
        let (from, to) = (Double(bounds.earliest ?? 0), Double(bounds.latest ?? 0))
        return (from + (to - from) * (Double(index) + 0.5) / Double(parts)) / 1e6
    }

    @Test func `A life that is met for certain counts once`() throws {
        #expect(try weight(bounds(10, 10), bounds(10.01, 10.01), waits: true) == 1)
        #expect(try weight(bounds(10, 11), Bounds(earliest: 11_000_000, latest: nil)) == 1)
        #expect(try weight(bounds(10, 11), bounds(13, 14)) == 1)
    }

    @Test func `A TIME-WAIT of a minute is met one time in two where dumps are two minutes apart`()
        throws
    {
        let rare = try #require(DetectionChance(interval: 120))
        #expect(
            rare.weight(
                opened: bounds(10, 10), closed: bounds(10.01, 10.01), leavesTimeWait: true) == 2)
    }

    @Test func `No life counts without end`() throws {
        #expect(try weight(bounds(10, 10), bounds(10, 10)) == 1000)
        #expect(DetectionChance(interval: 0) == nil)
    }

    /// Lengths are drawn from a known distribution, dumps come every second, and the lengths of
    /// those that were met are known exactly: the median comes back.
    @Test func `Lives of known lengths give back the share of short ones that were missed`() throws
    {
        var random = Seeded(11)
        let chance = try #require(chance)
        var seen = LifeSample()
        var corrected = WeightedLives()
        for _ in 0..<40_000 {
            // Half are shorter than 0.4 s.
            let length = 0.05 * pow(64, random.unit())
            let phase = random.unit()
            guard phase + length >= 1 else { continue }
            let exit = Int64((length * 2e6).rounded())
            seen.add(AgedLife(exit: exit, isEvent: true))
            let opened = Int64((phase * 1e6).rounded())
            let moments = (
                Bounds(exactly: opened), Bounds(exactly: opened + exit / 2)
            )
            corrected.add(
                AgedLife(exit: exit, isEvent: true),
                weight: chance.weight(
                    opened: moments.0, closed: moments.1, leavesTimeWait: false))
        }
        let median = corrected.estimates([0.5], meanUntil: 10)
        let estimate = try #require(median.quantiles.first)
        #expect(abs(try #require(estimate.value) - 0.4) < 0.02)
        #expect(try #require(estimate.lower) < 0.4 && 0.4 < (try #require(estimate.upper)))
        #expect(abs(corrected.total - 40_000) < 1_500)
        let naive = try #require(seen.estimates([0.5], meanUntil: 10).quantiles.first?.value)
        #expect(naive > 0.8)
        // ∫ 0.05 · 64^u du
        #expect(abs(try #require(median.mean).value - 0.05 * 63 / log(64)) < 0.02)
    }

    @Test func `Lives of weight one are the plain estimate, and twice the weight is two lives`()
        throws
    {
        var random = Seeded(3)
        var (plain, doubled) = (LifeSample(), LifeSample())
        var (single, heavy) = (WeightedLives(), WeightedLives())
        for _ in 0..<500 {
            let exit = Int64(random.unit() * 40) * 1000
            let life = AgedLife(
                entry: random.unit() < 0.4 ? exit / 2 : 0, exit: exit,
                isEvent: random.unit() < 0.7)
            let weight = random.unit() < 0.5 ? 1.0 : 2
            plain.add(life)
            single.add(life, weight: 1)
            for _ in 0..<Int(weight) { doubled.add(life) }
            heavy.add(life, weight: weight)
        }
        let shares = [0.1, 0.5, 0.9]
        let told = single.estimates(shares, meanUntil: 0.015)
        let expected = plain.estimates(shares, meanUntil: 0.015)
        #expect(told.quantiles == expected.quantiles)
        #expect(abs(try #require(told.mean).value - (try #require(expected.mean).value)) < 1e-12)
        #expect(
            abs(
                try #require(told.mean).standardError - (try #require(expected.mean).standardError))
                < 1e-12)
        #expect(
            heavy.estimates(shares, meanUntil: 1).quantiles.map(\.value)
                == doubled.estimates(shares, meanUntil: 1).quantiles.map(\.value))
        let ages = (0...40).map { Double($0) * 0.0005 }
        for (one, other) in zip(heavy.survival(at: ages), doubled.survival(at: ages)) {
            #expect(abs(one - other) < 1e-12)
        }
    }
}
