import ArgumentParser
import Model
import Queries
import Rendering

/// Who holds TIME_WAIT, and for how long.
struct TimeWaitReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "time-wait",
        abstract: "Who holds TIME-WAIT sockets, for how long, and how they ended.",
        discussion: """
            The end that closes first holds TIME-WAIT, so that late segments cannot reach a new \
            connection of the same addresses and ports. Linux holds it for 60 s whatever \
            tcp_fin_timeout says.
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var parts: PartOptions

    @Option(help: ArgumentHelp("Gather by this; port is this end's.", valueName: "what"))
    var by = EndGroup.peer

    func run(in surroundings: Surroundings) throws {
        try options.work(in: surroundings) { desk, scope in
            let noRoom =
                try desk.session.all(TimeWaitQuery.noRoom(scope)).first?.first?.integer ?? 0
            let query = TimeWaitQuery(
                scope, by: by.grouping, bucketMicroseconds: try parts.length(of: scope),
                showsNoRoom: noRoom > 0)
            try desk.show(query.question)
            try desk.note(
                "the end that closes first waits, so that late segments cannot reach a new "
                    + "connection of the same ports; Linux waits 60 s, a late FIN starts it again")
            if noRoom > 0 {
                try desk.note(
                    "no room in TIME_WAIT's table (tcp_max_tw_buckets): "
                        + HumanText.count(noRoom, "close") + " did not wait, and "
                        + (noRoom == 1 ? "is" : "are") + " no part of the other columns")
            }
            try desk.tellEarlyEnds(scope)
            try desk.tellRoom(scope)
            try desk.tellCoverage(scope)
        }
    }
}
