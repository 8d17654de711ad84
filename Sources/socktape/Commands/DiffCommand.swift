import ArgumentParser
import Expressions
import Model
import Queries
import Rendering

/// Two socket tables against each other.
struct DiffCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what differs between the socket tables of two moments.",
        discussion: """
            Sockets that appeared (no state before), that are gone (no state after) and that \
            changed state, listeners too. A filter lets pass what fits at either moment. A row \
            marked ~ has bounds that straddle one of the moments: it may be no difference. What \
            came and went in between is counted, and listed by 'connections'.

            EXAMPLES
              socktape diff 03:00 03:12
              socktape diff start end --state listen
              socktape diff 'yesterday 22:00' now --process nginx --format csv
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var answer: AnswerOptions

    // Unrecognized: -10m looks like an option, and is a time.
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Two moments: 03:12, 'yesterday 22:00', -10m, ISO 8601, start or end.",
            valueName: "time"))
    var times: [String]

    mutating func validate() throws {
        times.removeAll { $0 == "--" }
        if let option = times.first(where: { $0.hasPrefix("--") }) {
            throw ValidationError("Unknown option '\(option)'")
        }
        guard times.count == 2 else {
            throw ValidationError(
                "diff takes two times and got \(times.count), one with a blank needs quotes")
        }
    }

    func run(in surroundings: Surroundings) throws {
        let filter = try filters.clause()
        let typed = try times.map { try TimeExpression($0) }
        try Desk.work(database, answer, in: surroundings) { desk in
            let range = try desk.moments(typed, named: times)
            let first = try desk.sample(before: range.since)
            let second = try desk.sample(before: range.until)
            let query = TableDifferenceQuery(
                first: (first.id, range.since), second: (second.id, range.until), filter: filter,
                apart: try desk.hasNamespaces(Scope(range)))
            guard let rows = try desk.show(query.question, countedBy: [1]) else { return }
            try desk.note(rows.count > 0 ? rows.sums : "no difference")
            if rows.uncertain > 0 {
                try desk.note(
                    "\(HumanText.number(rows.uncertain)) marked ~ have bounds that straddle one of "
                        + "the moments")
            }
            if filter == .all, first.id < second.id { try desk.tellBetween(query) }
            try desk.note("from \(first.sentence)")
            try desk.note("to \(second.sentence)")
            try desk.tellGaps(Scope(range))
        }
    }
}

extension Desk {
    /// Two typed moments on the axis, the earlier one first.
    fileprivate func moments(_ typed: [TimeExpression], named words: [String]) throws -> AxisRange {
        var context = try timeContext()
        let until = try typed[1].resolve(in: context)
        // Of a bare time of day the latest before the second moment is meant.
        if case .clock = typed[0] { context.narrow(until: until) }
        let since = try typed[0].resolve(in: context)
        guard since <= until else {
            throw Failure(
                .usage,
                "cannot compare '\(words[0])' to '\(words[1])': the second is before the first; "
                    + "try them the other way round")
        }
        return AxisRange(since: axis(since, typed[0]), until: axis(until, typed[1]))
    }

    /// Says how much came and went.
    fileprivate func tellBetween(_ query: TableDifferenceQuery) throws {
        guard let count = try session.all(query.between).first?.first?.integer, count > 0 else {
            return
        }
        try note(
            HumanText.count(count, "connection or attempt", many: "connections or attempts")
                + " came and went in between; 'socktape connections' lists them")
    }
}
