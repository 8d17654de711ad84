import Statistics

/// One group's lives: as likely, and as short and as long as their bounds allow.
struct LifeGroup: Sendable {
    /// Lives of which every moment is exact.
    private var exact = LifeSample()
    private var likely = LifeSample()
    private var shortest = LifeSample()
    private var longest = LifeSample()
    /// Each life as many times as it stands for, where that is wanted.
    private var weighted = WeightedLives()
    private(set) var openBefore: Int64 = 0

    var count: Int64 { Int64(exact.count + likely.count) + openBefore }
    var stillOpen: Int64 { Int64(exact.stillOpen + likely.stillOpen) }
    /// Those that were open, at a known age, when the range began.
    var enteredLate: Int64 { Int64(exact.enteredLate + likely.enteredLate) }
    /// How many lives the weighted ones stand for.
    var standsFor: Double { weighted.total }
    /// Whether it holds nothing at all.
    var isEmpty: Bool { count == 0 && shortest.isEmpty && longest.isEmpty }

    /// Takes what a connection is to the window; `weight` is how many lives it stands for.
    mutating func add(_ place: LifeWindow.Place, weight: Double? = nil) {
        switch place {
        case .outside: return
        case .openBefore: openBefore += 1
        case .exact(let life):
            exact.add(life)
            if let weight { weighted.add(life, weight: weight) }
        case .bounded(let likely, let shortest, let longest):
            if let likely {
                self.likely.add(likely)
                if let weight { weighted.add(likely, weight: weight) }
            }
            if let shortest { self.shortest.add(shortest) }
            if let longest { self.longest.add(longest) }
        }
    }

    mutating func sort() {
        exact.sort()
        likely.sort()
        shortest.sort()
        longest.sort()
    }

    mutating func merge(_ other: LifeGroup) {
        exact.merge(other.exact)
        likely.merge(other.likely)
        shortest.merge(other.shortest)
        longest.merge(other.longest)
        weighted.merge(other.weighted)
        openBefore += other.openBefore
    }

    /// All lives, as likely.
    var lives: LifeSample { whole(likely) }

    /// All lives, each as many times as it stands for.
    var corrected: WeightedLives { weighted }

    private func whole(_ bounded: LifeSample) -> LifeSample {
        guard !bounded.isEmpty else { return exact }
        var whole = exact
        whole.merge(bounded)
        return whole
    }

    /// Estimates of each share and of the mean cut at a horizon: as likely, as short, as long.
    func estimates(
        _ shares: [Double], meanUntil limit: Double
    ) -> (likely: LifeEstimates, shortest: LifeEstimates, longest: LifeEstimates) {
        let told = lives.estimates(shares, meanUntil: limit)
        guard !likely.isEmpty || !shortest.isEmpty || !longest.isEmpty else {
            return (told, told, told)
        }
        return (
            told, whole(shortest).estimates(shares, meanUntil: limit),
            whole(longest).estimates(shares, meanUntil: limit)
        )
    }
}
