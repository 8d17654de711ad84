import Statistics

/// One group's lives: as likely, and as short and as long as their bounds allow.
struct LifeGroup: Sendable {
    /// Lives of one length, whatever their bounds: exact ones, and those that still last.
    private var plain = LifeSample()
    private var likely = LifeSample()
    private var shortest = LifeSample()
    private var longest = LifeSample()
    private(set) var openBefore: Int64 = 0

    var count: Int64 { Int64(plain.count + likely.count) + openBefore }
    var stillOpen: Int64 { Int64(plain.stillOpen) }

    /// Takes a life that was open before the recording.
    mutating func addOpenBefore() { openBefore += 1 }

    /// Takes a life that still lasts, at least so many half microseconds.
    mutating func add(lasting length: Int64) { plain.add(length, isEvent: false) }

    /// Takes a life that ended, in half microseconds.
    mutating func add(likely: Int64, shortest: Int64, longest: Int64) {
        guard shortest < longest else { return plain.add(likely, isEvent: true) }
        self.likely.add(likely, isEvent: true)
        self.shortest.add(shortest, isEvent: true)
        self.longest.add(longest, isEvent: true)
    }

    mutating func sort() {
        plain.sort()
        likely.sort()
        shortest.sort()
        longest.sort()
    }

    mutating func merge(_ other: LifeGroup) {
        plain.merge(other.plain)
        likely.merge(other.likely)
        shortest.merge(other.shortest)
        longest.merge(other.longest)
        openBefore += other.openBefore
    }

    /// Estimates for each share: as likely, as short, as long.
    func quantiles(
        _ shares: [Double]
    ) -> (likely: [Estimate], shortest: [Estimate], longest: [Estimate]) {
        guard likely.count > 0 else {
            let all = plain.quantiles(shares)
            return (all, all, all)
        }
        let all = [likely, shortest, longest].map { sample in
            var whole = plain
            whole.merge(sample)
            return whole.quantiles(shares)
        }
        return (all[0], all[1], all[2])
    }
}
