import ArgumentParser
import Model
import Queries
import Rendering

/// What is left of connections that this host has closed.
struct OrphansReport: ReaderCommand {
    /// By what they are gathered.
    enum Group: String, CaseIterable, ExpressibleByArgument {
        case state, process, peer, port, role
        case peerPort = "peer-port"

        /// The same for a query.
        var group: StaysQuery.Group {
            EndGroup(rawValue: rawValue).map { .by($0.grouping) } ?? .state
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "orphans",
        abstract: "What lingers after a close: FIN-WAIT-1, FIN-WAIT-2, CLOSING and LAST-ACK.",
        discussion: """
            FIN-WAIT-1, CLOSING and LAST-ACK wait for the peer to acknowledge, FIN-WAIT-2 for its \
            FIN. After close(2) no process owns such a socket: the kernel counts it against \
            tcp_max_orphans, and gives a FIN-WAIT-2 up after tcp_fin_timeout. After shutdown(2) \
            its process still does. A process named here is the last one that owned it.

            EXAMPLES
              socktape report orphans
              socktape report orphans --by peer --top 5
              socktape report orphans --bucket 10m
            """)

    private static let states: [TCPState] = [.finWait1, .finWait2, .closing, .lastAck]

    @OptionGroup var options: ReportOptions
    @OptionGroup var parts: PartOptions

    @Option(help: ArgumentHelp("Gather by this; port is this end's.", valueName: "what"))
    var by = Group.state

    func run(in surroundings: Surroundings) throws {
        try options.work(in: surroundings) { desk, scope in
            let query = StaysQuery(
                scope, states: Self.states, by: by.group,
                bucketMicroseconds: try parts.length(of: scope),
                showsLengths: true)
            try desk.show(query.question)
            try desk.tellOrphans(scope)
            try desk.tellCoverage(scope)
        }
    }
}

extension Desk {
    /// Says how near the host came to tcp_max_orphans.
    fileprivate func tellOrphans(_ scope: Scope) throws {
        guard let row = try session.all(OrphanRoomQuery(scope).question).first,
            let most = row[0].integer
        else {
            return try note("the kernel's count of orphans was not read in this range")
        }
        let at = row[1].integer.map { ", at " + text($0) } ?? ""
        guard let limit = row[2].integer, limit > 0 else {
            return try note("orphans on this host: at most \(HumanText.number(most))\(at)")
        }
        try note(
            "orphans on this host: at most \(HumanText.number(most)) of "
                + "\(HumanText.number(limit)) (tcp_max_orphans), "
                + HumanText.ratio(Double(most) / Double(limit)) + (most > 0 ? at : ""))
    }
}
