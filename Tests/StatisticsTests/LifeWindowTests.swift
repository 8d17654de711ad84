import Model
import Statistics
import Testing

@Suite("Lives within a range")
struct LifeWindowTests {
    /// From 100 s to 200 s.
    private let window = LifeWindow(since: 100_000_000, until: 200_000_000)

    private func second(_ seconds: Double) -> Int64 { Int64((seconds * 1e6).rounded()) }

    private func exactly(_ seconds: Double) -> Bounds { Bounds(exactly: second(seconds)) }

    private func within(_ from: Double, _ to: Double) -> Bounds {
        Bounds(earliest: second(from), latest: second(to))
    }

    /// Seconds as half microseconds.
    private func life(_ entry: Double, _ exit: Double, ended: Bool) -> AgedLife {
        AgedLife(entry: 2 * second(entry), exit: 2 * second(exit), isEvent: ended)
    }

    @Test func `One that opened and closed within counts from its birth to its end`() {
        #expect(
            window.place(opened: exactly(110), closed: exactly(150))
                == .exact(life(0, 40, ended: true)))
    }

    @Test func `One that was open when the range began counts from the age it had then`() {
        #expect(
            window.place(opened: exactly(70), closed: exactly(150))
                == .exact(life(30, 80, ended: true)))
    }

    @Test func `One that outlasted the range had not ended at its end`() {
        #expect(
            window.place(opened: exactly(70), closed: exactly(250))
                == .exact(life(30, 130, ended: false)))
        #expect(
            window.place(
                opened: exactly(150), closed: Bounds(earliest: second(300), latest: nil))
                == .exact(life(0, 50, ended: false)))
    }

    @Test func `One that was last seen within had not ended by then`() {
        #expect(
            window.place(
                opened: exactly(120), closed: Bounds(earliest: second(180), latest: nil))
                == .exact(life(0, 60, ended: false)))
    }

    @Test func `One that ended before, or opened after, is no part of it`() {
        #expect(window.place(opened: exactly(50), closed: exactly(99)) == .outside)
        #expect(window.place(opened: exactly(201), closed: exactly(202)) == .outside)
        #expect(
            window.place(opened: exactly(50), closed: Bounds(earliest: second(99), latest: nil))
                == .outside)
    }

    @Test func `One of which the opening is not known is counted if it was there`() {
        let before = Bounds(earliest: nil, latest: second(90))
        #expect(window.place(opened: before, closed: exactly(150)) == .openBefore)
        #expect(window.place(opened: before, closed: exactly(99)) == .outside)
        #expect(
            window.place(opened: before, closed: Bounds(earliest: second(95), latest: nil))
                == .outside)
        #expect(
            window.place(
                opened: Bounds(earliest: nil, latest: second(201)), closed: exactly(250))
                == .outside)
    }

    @Test func `Bounds give the midpoint, the shortest and the longest`() {
        #expect(
            window.place(opened: within(110, 111), closed: within(115, 117))
                == .bounded(
                    likely: life(0, 5.5, ended: true), shortest: life(0, 4, ended: true),
                    longest: life(0, 7, ended: true)))
    }

    @Test
    func `Opened and closed between the same two samples it may have been as short as nothing`() {
        #expect(
            window.place(opened: within(110, 111), closed: within(110, 111))
                == .bounded(
                    likely: life(0, 0.5, ended: true), shortest: life(0, 0, ended: true),
                    longest: life(0, 1, ended: true)))
    }

    @Test func `An end that may lie beyond the range lies within at least, and not at most`() {
        #expect(
            window.place(opened: exactly(190), closed: within(199, 203))
                == .bounded(
                    likely: life(0, 10, ended: false), shortest: life(0, 9, ended: true),
                    longest: life(0, 10, ended: false)))
    }

    @Test func `A beginning that may lie before the range makes both an entry and none`() {
        #expect(
            window.place(opened: within(99, 103), closed: exactly(150))
                == .bounded(
                    likely: life(0, 49, ended: true), shortest: life(0, 47, ended: true),
                    longest: life(1, 51, ended: true)))
        #expect(
            window.place(
                opened: within(98, 103), closed: Bounds(earliest: second(120), latest: nil))
                == .bounded(
                    likely: life(0, 19.5, ended: false), shortest: life(0, 17, ended: false),
                    longest: life(2, 22, ended: false)))
    }

    /// Of lives that all end within the range, and began there.
    @Test func `Whatever moments within their bounds are true, the curve lies between`() {
        var random = Seeded(7)
        for _ in 0..<200 {
            let bounds = (0..<12).map { _ in self.bounds(&random) }
            var (least, greatest) = (LifeSample(), LifeSample())
            for (opened, closed) in bounds {
                switch window.place(opened: opened, closed: closed) {
                case .exact(let life):
                    least.add(life)
                    greatest.add(life)
                case .bounded(_, let shortest, let longest):
                    if let shortest { least.add(shortest) }
                    if let longest { greatest.add(longest) }
                case .outside, .openBefore: break
                }
            }
            #expect(least.count == 12 && greatest.count == 12)
            let ages = (0...20).map { Double($0) * 5 }
            let (floor, ceiling) = (least.survival(at: ages), greatest.survival(at: ages))
            for _ in 0..<10 {
                let lives = bounds.map { length($0, $1, &random) }
                for (index, age) in ages.enumerated() {
                    let share = Double(lives.count { $0 > age }) / 12
                    #expect(floor[index] <= share + 1e-9 && share <= ceiling[index] + 1e-9)
                }
            }
        }
    }

    /// Moments of a sampler that looks every so often.
    private func bounds(_ random: inout Seeded) -> (opened: Bounds, closed: Bounds) {
        let step = [1.0, 5, 20][Int(random.unit() * 3)]
        let opened = 100 + random.unit() * 40
        let closed = opened + random.unit() * random.unit() * 40
        func bounds(_ moment: Double) -> Bounds {
            let look = (moment / step).rounded(.down) * step
            return within(look, look + step)
        }
        if random.unit() < 0.3 { return (exactly(opened), exactly(closed)) }
        return (bounds(opened), bounds(closed))
    }

    /// How long one may have been, seconds.
    private func length(
        _ opened: Bounds, _ closed: Bounds, _ random: inout Seeded
    ) -> Double {
        func moment(_ bounds: Bounds) -> Double {
            let (from, to) = (Double(bounds.earliest ?? 0), Double(bounds.latest ?? 0))
            // The ends of the bounds are the hardest.
            let share = [0, 1, random.unit()][Int(random.unit() * 3)]
            return (from + share * (to - from)).rounded() / 1e6
        }
        while true {
            let length = moment(closed) - moment(opened)
            if length >= 0 { return length }
        }
    }
}
