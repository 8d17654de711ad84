package import Model

/// A stretch of time, both ends included, in which lives are studied.
///
/// A life whose beginning is known and that lasted at some time of the window is under observation
/// from its age when the window began, or from its birth if that is later, until its end or the
/// window's. It counts as an event if it ended within the window. One whose beginning is not known
/// has no age and cannot be placed.
///
/// Moments may have bounds. `likely` takes their midpoints. `shortest` and `longest` are no lives
/// that can have been: each part of them is what makes the estimate least or greatest, so that
/// whatever moments within the bounds are the true ones, the estimate lies between. An estimate of
/// S grows with each exit, falls with each entry, and is greater if an end falls out of the window.
package struct LifeWindow: Hashable, Sendable {
    /// What a connection is to the window.
    package enum Place: Hashable, Sendable {
        /// It did not last at any time of it.
        case outside
        /// It did, but its beginning is not known.
        case openBefore
        /// As observed; its moments are exact.
        case exact(AgedLife)
        /// As its bounds allow; nil where it then did not last at any time of the window.
        case bounded(likely: AgedLife?, shortest: AgedLife?, longest: AgedLife?)
    }

    /// Both on the recording's axis, µs.
    package let since: Int64
    package let until: Int64

    package init(since: Int64, until: Int64) {
        self.since = since
        self.until = until
    }

    /// How long it is, seconds.
    package var length: Double { Double(until - since) / 1e6 }

    /// Places a connection that opened. Of one that has not closed `closed` tells when it was last
    /// seen, as its earliest end.
    package func place(opened: Bounds, closed: Bounds) -> Place {
        guard let openedLatest = opened.latest, openedLatest <= until || opened.earliest != nil
        else { return .outside }
        guard let openedEarliest = opened.earliest else {
            let end = closed.point ?? closed.earliest ?? closed.latest ?? openedLatest
            return end >= since ? .openBefore : .outside
        }
        guard openedEarliest <= until, closed.latest ?? .max >= since else { return .outside }
        let born = (
            earliest: openedEarliest, latest: min(openedLatest, closed.latest ?? openedLatest)
        )
        let least = max(closed.earliest ?? openedEarliest, openedEarliest)
        guard let most = closed.latest else { return lasting(born, until: least) }
        if born.earliest == born.latest, least == most {
            let life = likely(born, least, most)
            return life.isUsable ? .exact(life) : .outside
        }
        return bounded(
            likely(born, least, most), shortest(born, least, most), longest(born, least, most))
    }

    private func bounded(
        _ likely: AgedLife, _ shortest: AgedLife?, _ longest: AgedLife
    ) -> Place {
        .bounded(
            likely: likely.isUsable ? likely : nil,
            shortest: shortest.flatMap { $0.isUsable ? $0 : nil },
            longest: longest.isUsable ? longest : nil)
    }

    /// One that still lasted when it was last seen.
    private func lasting(_ born: (earliest: Int64, latest: Int64), until seen: Int64) -> Place {
        let end = min(seen, until)
        func life(born: Int64, entryBorn: Int64) -> AgedLife {
            AgedLife(
                entry: 2 * max(0, since - entryBorn), exit: 2 * (end - born), isEvent: false)
        }
        let middle = AgedLife(
            entry: max(0, 2 * since - born.earliest - born.latest),
            exit: 2 * end - born.earliest - born.latest, isEvent: false)
        guard born.earliest < born.latest else {
            return middle.isUsable ? .exact(middle) : .outside
        }
        return bounded(
            middle, life(born: born.latest, entryBorn: born.earliest),
            life(born: born.earliest, entryBorn: born.latest))
    }

    /// Midway between the shortest and the longest life that the bounds allow, as the view
    /// `lifetimes` has it.
    private func likely(
        _ born: (earliest: Int64, latest: Int64), _ least: Int64, _ most: Int64
    ) -> AgedLife {
        let middle = born.earliest + born.latest
        let length = max(0, least - born.latest) + most - born.earliest
        let rest = 2 * until - middle
        return AgedLife(
            entry: max(0, 2 * since - middle), exit: min(length, rest), isEvent: length <= rest)
    }

    private func shortest(
        _ born: (earliest: Int64, latest: Int64), _ least: Int64, _ most: Int64
    ) -> AgedLife? {
        let entry = 2 * max(0, since - born.earliest)
        guard least <= until else {
            return AgedLife(entry: entry, exit: 2 * (until - born.latest), isEvent: false)
        }
        // It may have ended within: as early as it can, and at risk no longer than it must be.
        let exit = 2 * max(0, max(least, since) - born.latest)
        return AgedLife(entry: max(0, min(entry, exit - 1)), exit: exit, isEvent: true)
    }

    private func longest(
        _ born: (earliest: Int64, latest: Int64), _ least: Int64, _ most: Int64
    ) -> AgedLife {
        AgedLife(
            entry: 2 * max(0, since - born.latest), exit: 2 * (min(most, until) - born.earliest),
            isEvent: since <= least && most <= until)
    }
}
