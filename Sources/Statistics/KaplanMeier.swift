/// The product-limit estimate of how long lives last, from lives of which some were first seen
/// late and some had not ended when observation did.
///
/// The estimate is S(t) = Π over event times tᵢ ≤ t of (1 − dᵢ/nᵢ), with dᵢ events among the nᵢ
/// lives at risk (Kaplan & Meier 1958). With delayed entry a life is at risk from its entry on:
/// nᵢ counts those with entry < tᵢ ≤ exit, so that long lives, which are more likely to be under
/// way when a recording begins, are not counted too often (Klein & Moeschberger, Survival
/// Analysis, 2nd edition, section 4.6). Its variance is Greenwood's (1926):
/// Var S(t) = S(t)² Σ dᵢ / (nᵢ (nᵢ − dᵢ)).
///
/// With delayed entry the number at risk may be small at first. If it is small enough for all of
/// them to end at once, S falls to 0 and stays there, whatever is seen later: look at
/// `minimumAtRisk` and `collapse` before trusting the estimate.
package struct KaplanMeier: Sendable {
    /// What happened at one event time.
    package struct Step: Hashable, Sendable {
        /// When lives ended, seconds.
        package var time: Double
        /// Lives at risk just before.
        package var atRisk: Int
        /// Lives that ended.
        package var events: Int
        /// Share that lives longer.
        package var survival: Double
        /// Greenwood's Σ d / (n (n − d)) so far; nil once nobody is left, where it is undefined.
        package var greenwoodSum: Double?

        /// Greenwood's variance of `survival`; nil once nobody is left.
        package var variance: Double? { greenwoodSum.map { survival * survival * $0 } }
    }

    /// Every event time, ascending.
    package let steps: [Step]
    /// Lives that entered the estimate.
    package let used: Int
    /// Lives left out: not a number, or never under observation (exit not after entry).
    package let ignored: Int
    /// The latest exit: beyond it nothing is known; nil without lives.
    package let lastTime: Double?

    /// Sorts the lives and runs through their exits once.
    package init(_ lives: [ObservedLife]) {
        let usable = lives.filter(\.isUsable)
        used = usable.count
        ignored = lives.count - usable.count
        let entries = usable.map(\.entry).sorted()
        let exits = usable.sorted { $0.exit < $1.exit }
        lastTime = exits.last?.exit
        steps = Self.steps(entries: entries, exits: exits)
    }

    private static func steps(entries: [Double], exits: [ObservedLife]) -> [Step] {
        var steps: [Step] = []
        var entered = 0
        var left = 0
        var survival = 1.0
        var sum: Double? = 0
        while left < exits.count {
            let time = exits[left].exit
            while entered < entries.count, entries[entered] <= 0 || entries[entered] < time {
                entered += 1
            }
            let atRisk = entered - left
            var events = 0
            while left < exits.count, exits[left].exit == time {
                events += exits[left].isEvent ? 1 : 0
                left += 1
            }
            guard events > 0 else { continue }
            let (count, dead) = (Double(atRisk), Double(events))
            survival *= (count - dead) / count
            sum = events < atRisk ? sum.map { $0 + dead / (count * (count - dead)) } : nil
            steps.append(
                Step(
                    time: time, atRisk: atRisk, events: events, survival: survival,
                    greenwoodSum: sum))
        }
        return steps
    }

    /// The smallest number at risk at any event time; nil without events.
    package var minimumAtRisk: Int? { steps.map(\.atRisk).min() }

    /// When the estimate fell to 0 although lives ended later: it says nothing from there on. Nil
    /// if that did not happen.
    package var collapse: Double? {
        guard let lastTime, let end = steps.first(where: { $0.survival == 0 }),
            end.time < lastTime
        else { return nil }
        return end.time
    }

    /// The share that lives longer than this many seconds.
    package func survival(at time: Double) -> Double {
        steps.last { $0.time <= time }?.survival ?? 1
    }
}

/// One life as it was observed, seconds since it began.
package struct ObservedLife: Hashable, Sendable {
    /// Its age when observation began; 0 for one that was seen from its beginning.
    package var entry: Double
    /// Its age when it ended, or when observation did.
    package var exit: Double
    /// Whether it ended; false for one that was still alive.
    package var isEvent: Bool

    package init(entry: Double = 0, exit: Double, isEvent: Bool) {
        self.entry = entry
        self.exit = exit
        self.isEvent = isEvent
    }

    /// Whether it was under observation at all: a life seen from its beginning may be as short as
    /// 0, one that was entered late must go on after its entry.
    var isUsable: Bool {
        entry.isFinite && exit.isFinite && exit >= 0 && (entry <= 0 || entry < exit)
    }
}
