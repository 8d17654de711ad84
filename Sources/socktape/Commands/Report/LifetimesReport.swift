import ArgumentParser
import Model
import Queries

extension Grouping: ExpressibleByArgument {}

/// How long connections live.
struct LifetimesReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "lifetimes",
        abstract: "How long connections live, from opened to closed; TIME-WAIT is no part of it.",
        discussion: """
            About the connections that opened within the range. The estimate is Kaplan and \
            Meier's: one that is still open counts as living at least so long, so that long lives \
            are not lost. One that was open before the recording has no known age and is only \
            counted. Beside each figure stand its 95 % interval, and what it would be if every \
            life were as short, or as long, as its bounds allow.

            EXAMPLES
              socktape report lifetimes
              socktape report lifetimes --by closer
              socktape report lifetimes --by peer --process nginx --top 5
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var filters: EndFilterOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    @Option(help: ArgumentHelp("Gather by this; port is this end's.", valueName: "what"))
    var by: Grouping?

    func run(in surroundings: Surroundings) throws {
        let filter = try filters.clause()
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), filter: filter)
            var table = LifetimeTable(by: by)
            if filter == .all, let groups = SideGroupsQuery(scope, by: by) {
                let sides = try desk.session.all(groups.question)
                table.add(try desk.session.tally(LifetimesTally(scope.range, sides: sides)))
            } else {
                let lives = try desk.session.rows(LifetimesQuery(scope, by: by).question)
                while let life = try lives.next() { table.add(life) }
            }
            try desk.page.show(table.cursor(top: limit))
            for sentence in table.sentences { try desk.note(sentence) }
            try desk.tellCoverage(scope)
        }
    }
}
