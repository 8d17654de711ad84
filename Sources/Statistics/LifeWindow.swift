package import Model

/// A stretch of time, both ends included, in which lives are studied.
///
/// A life whose beginning is known and that lasted at some time of the window is under observation
/// from its age when the window began, or from its birth if that is later, until its end or the
/// window's. It counts as an event if it ended within the window. One whose beginning is not known
/// has no age and cannot be placed.
///
/// Moments may have bounds. `likely` takes their midpoints; `shortest` is the life with the latest
/// beginning and the earliest end, `longest` the one with the earliest beginning and the latest end.
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
        let born = Bounds(
            earliest: openedEarliest, latest: min(openedLatest, closed.latest ?? openedLatest))
        let least = max(closed.earliest ?? openedEarliest, openedEarliest)
        guard let most = closed.latest else { return lasting(born, until: least) }
        return ended(born, least, most)
    }

    /// One that ended within two moments.
    private func ended(_ born: Bounds, _ least: Int64, _ most: Int64) -> Place {
        guard let early = born.earliest, let late = born.latest else { return .outside }
        // Midway between the shortest and the longest, as the view `lifetimes` has it.
        let (shortest, longest) = (max(0, least - late), most - early)
        let likely = cut(birth: early + late, length: shortest + longest)
        guard early < late || least < most else { return likely.map { .exact($0) } ?? .outside }
        return .bounded(
            likely: likely, shortest: cut(birth: 2 * late, length: 2 * shortest),
            longest: cut(birth: 2 * early, length: 2 * longest))
    }

    /// One that still lasted when it was last seen.
    private func lasting(_ born: Bounds, until seen: Int64) -> Place {
        guard let early = born.earliest, let late = born.latest else { return .outside }
        func life(_ birth: Int64) -> AgedLife? {
            cut(birth: birth, length: 2 * seen - birth, isEvent: false)
        }
        let likely = life(early + late)
        guard early < late else { return likely.map { .exact($0) } ?? .outside }
        return .bounded(likely: likely, shortest: life(2 * late), longest: life(2 * early))
    }

    /// What the window shows of a life; nil where that is nothing. Half microseconds.
    private func cut(birth: Int64, length: Int64, isEvent: Bool = true) -> AgedLife? {
        let rest = 2 * until - birth
        let life = AgedLife(
            entry: max(0, 2 * since - birth), exit: min(length, rest),
            isEvent: isEvent && length <= rest)
        return life.isUsable ? life : nil
    }
}
