import ArgumentParser
import Model
import Queries
import Rendering

/// Who listens where.
struct ListenersReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "listeners",
        abstract: "Which process listens where, how full its accept queue got, what overflowed.",
        discussion: """
            An accept queue takes one connection more than its backlog; what comes then is dropped. \
            The kernel counts that for the whole namespace and does not say at which listener: \
            overflows are those of times in which this one was the only listener there, and at \
            most all that the namespace had while it was there.

            \(LackingOptions.told("listeners"))

            EXAMPLES
              socktape report listeners
              socktape report listeners --since 03:00 --until 03:30
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var range: RangeOptions
    @OptionGroup var top: TopOptions
    @OptionGroup var answer: AnswerOptions

    func run(in surroundings: Surroundings) throws {
        let limit = try top.limit()
        try Desk.work(database, answer, in: surroundings) { desk in
            let scope = Scope(try desk.range(range), top: limit)
            let apart = try desk.hasNamespaces(scope)
            let query = ListenersQuery(scope, apart: apart)
            var question = query.question
            let overflows = try desk.session.all(query.overflows)
            if !overflows.isEmpty {
                question.shown = ListenersQuery.shownWithOverflows(apart: apart)
            }
            try desk.show(question)
            for row in overflows {
                try desk.note(sentence(row, desk, apart: apart))
            }
            try desk.note(
                "a server's connections all share its one port and differ by peer: 65535 ports "
                    + "are no limit to them")
            try desk.tellCoverage(scope)
        }
    }
    /// How often accept queues of a namespace overflowed, and whose it can have been.
    private func sentence(_ row: [Cell], _ desk: Desk, apart: Bool) -> String {
        let number = row[1].integer ?? 0
        let listeners = row[4].integer ?? 0
        let full = row[6].integer ?? 0
        let span = [row[2], row[3]].compactMap { $0.integer.map { desk.text($0) } }
        let head =
            "accept queues overflowed " + HumanText.count(number, "time")
            + (apart ? " in namespace \(row[0].text ?? "?")" : "")
            + ", \(span.joined(separator: " to ")): "
        guard let names = row[5].text else {
            return head + "at which of \(HumanText.count(listeners, "listener")) is not known; "
                + "no look saw a full queue"
        }
        if listeners == 1 { return head + "\(names) was the only listener there" }
        let more = full > 3 ? " and \(full - 3) more" : ""
        return head + "the queue" + (full == 1 ? "" : "s") + " of \(names)\(more) "
            + (full == 1 ? "was" : "were") + " seen full at some time; whether then is not known"
    }
}
