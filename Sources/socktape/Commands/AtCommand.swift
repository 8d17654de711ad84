import ArgumentParser
import Expressions
import Model
import Queries
import Rendering

/// The socket table as it stood.
struct AtCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "at",
        abstract: "Show the socket table as it stood at a moment.",
        discussion: """
            Shows the last sample at or before the moment, in ss's words. A row marked ~ may have \
            changed on either side of the moment: its bounds straddle it. 'trace' tells the life \
            behind a row by its id, which --wide shows.

            EXAMPLES
              socktape at 03:12
              socktape at 'yesterday 22:00' --state close-wait
              socktape at end --process nginx --format csv
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var answer: AnswerOptions

    // Unrecognized: -10m looks like an option, and is a time.
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("03:12, 'yesterday 22:00', -10m, ISO 8601, start or end."))
    var time: [String]

    mutating func validate() throws {
        time.removeAll { $0 == "--" }
        guard !time.isEmpty else { throw ValidationError("Missing expected argument '<time>'") }
        if let option = time.first(where: { $0.hasPrefix("--") }) {
            throw ValidationError("Unknown option '\(option)'")
        }
    }

    func run(in surroundings: Surroundings) throws {
        let filter = try filters.clause()
        let typed = try TimeExpression(time.joined(separator: " "))
        try Desk.work(database, answer, in: surroundings) { desk in
            let moment = desk.axis(try typed.resolve(in: try desk.timeContext()), typed)
            let sample = try desk.sample(before: moment)
            let apart = try desk.hasNamespaces(Scope(AxisRange(since: moment, until: moment)))
            let question =
                SocketTableQuery(sample: sample.id, moment: moment, filter: filter, apart: apart)
                .question
            guard let rows = try desk.show(question, countedBy: [1]) else { return }
            try desk.note(sample.sentence)
            let sums = rows.count > 0 ? ": " + rows.sums : ""
            try desk.note(HumanText.count(rows.count, "socket") + sums)
            if rows.uncertain > 0 {
                try desk.note(
                    "\(HumanText.number(rows.uncertain)) marked ~ may have changed on either side "
                        + "of \(desk.text(desk.session.timeline.wall(moment)))")
            }
        }
    }
}
