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
            changed on either side of the moment: its bounds straddle it.

            EXAMPLES
              socktape at 03:12
              socktape at 'yesterday 22:00' --state close-wait
              socktape at end --process nginx --format csv
            """)

    @OptionGroup var database: DatabaseOptions
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
            let moment = desk.session.timeline.axis(try typed.resolve(in: try desk.timeContext()))
            let sample = try desk.sample(before: moment)
            let apart = try desk.hasNamespaces(Scope(AxisRange(since: moment, until: moment)))
            try desk.show(
                SocketTableQuery(sample: sample.id, moment: moment, filter: filter, apart: apart)
                    .question)
            try desk.note(sample.sentence)
        }
    }
}

extension Desk {
    /// The sample that shows a moment, and what to say of it.
    fileprivate func sample(before moment: Int64) throws -> (id: Int64, sentence: String) {
        let wall = session.timeline.wall(moment)
        let inside = session.timeline.holds(AxisRange(since: moment, until: moment))
        guard inside, let row = try session.all(SocketTableQuery.sample(before: moment)).first,
            let id = row[0].integer, let sampled = row[1].integer
        else {
            throw Failure(
                .nothingRecorded,
                "cannot show \(text(wall)): nothing was recorded then; the file "
                    + "holds \(try held()); try a time within")
        }
        let shown = HumanText.moment(sampled, utcOffset: surroundings.utcOffset)
        let distance = HumanText.seconds(Double(abs(wall - sampled)) / 1e6)
        let side = sampled < wall ? "before" : "after"
        let away = wall == sampled ? "" : ", \(distance) \(side) the moment asked for"
        let broken = row[3].integer == 0 ? "; its dump broke, so sockets are missing" : ""
        return (id, "sample \(id) of \(shown)\(away)\(broken)")
    }
}
