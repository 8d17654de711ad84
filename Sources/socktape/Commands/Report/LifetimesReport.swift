import ArgumentParser
import Model
import Queries
import Rendering
import Statistics

extension Grouping: ExpressibleByArgument {}

/// How long connections live.
struct LifetimesReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "lifetimes",
        abstract: "How long connections live, from opened to closed; TIME-WAIT is no part of it.",
        discussion: """
            About the connections that were open at some time of the range. The estimate is Kaplan \
            and Meier's: one that is still open at the end counts as living at least so long, and \
            one that was already open at the beginning counts from the age it had then on, so that \
            long lives are neither lost nor counted too often. One that was open before the \
            recording has no known age and is only counted. Beside each figure stand its 95 % \
            interval, and what it would be if every life were as short, or as long, as its bounds \
            allow. The last row is the mean of lives cut at the length of the range. \
            docs/statistics.md has the formulas.

            \(LackingOptions.told("lifetimes"))

            EXAMPLES
              socktape report lifetimes
              socktape report lifetimes --by closer
              socktape report lifetimes --by peer --process nginx --top 5
              socktape report lifetimes --curve --format csv
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var filters: EndFilterOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    @Option(help: ArgumentHelp("Gather by this; port is this end's.", valueName: "what"))
    var by: Grouping?

    @Flag(help: "Print the survival curve, a row for each lifetime, instead of figures.")
    var curve = false

    @Flag(
        help: ArgumentHelp(
            "Where dumps alone were taken, estimate the short lives that they missed: each life "
                + "counts 1 / the chance that a dump met it."))
    var correct = false

    func run(in surroundings: Surroundings) throws {
        let filter = try filters.clause()
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), filter: filter)
            guard !desk.page.showsSQL else {
                let query = LifetimesQuery(scope, by: by, tellsWaits: correct)
                return try desk.page.write(query.question.text)
            }
            let interval = try desk.intervalOfDumpsAlone(scope)
            let chance = try chance(interval)
            let table = try desk.lifetimes(scope, by: by, chance: chance)
            if curve {
                let groups = table.largest(limit)
                try desk.page.show(LifeCurve(groups, by: by, isCorrected: correct))
            } else {
                let (cursor, sentences) = table.cursor(top: limit, width: desk.page.width)
                try desk.page.show(cursor, shown: table.shown(in: desk.page.width))
                try desk.draw(table)
                for sentence in sentences { try desk.note(sentence) }
            }
            if let interval { try desk.note(told(interval, table)) }
            try desk.tellCoverage(scope)
        }
    }

    private func chance(_ interval: Double?) throws -> DetectionChance? {
        guard correct else { return nil }
        guard let chance = interval.flatMap({ DetectionChance(interval: $0) }) else {
            throw Failure(
                .usage,
                "cannot correct: that is for ranges of which the recording says that dumps alone "
                    + "were taken, and when; leave out --correct")
        }
        return chance
    }

    private func told(_ interval: Double, _ table: LifetimeTable) -> String {
        let length = HumanText.seconds(interval)
        guard correct else {
            return "seen by dumps alone, \(length) apart: a shorter life that leaves no TIME-WAIT "
                + "here is met with the chance of its length / \(length), so such lives are too "
                + "few; --correct makes an estimate"
        }
        return "an estimate: each life that left no TIME-WAIT here counts 1 / its chance to meet a "
            + "dump, \(length) apart; lives that are all much shorter leave too few traces for it, "
            + "and then the coverage below stays low"
    }
}
