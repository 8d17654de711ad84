import ArgumentParser
import Model
import Queries
import Rendering

/// How many of its ports this host uses.
struct PortsReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "ports",
        abstract: "The truth about 65535: local ports in use toward each peer, of those there are.",
        discussion: """
            A local port can be taken once for each own address, peer and peer's port, from \
            connect(2) to the end of TIME-WAIT. There are as many as ip_local_port_range has, less \
            ip_local_reserved_ports; ports outside are not counted. Closing are those in CLOSE-WAIT, \
            FIN-WAIT, LAST-ACK or CLOSING. Full in is the time to the last port at the growth of \
            the last quarter of the range, and - where that does not grow beyond doubt. Unsent are \
            attempts that never left this host, as no port was free; only kernel events tell them.

            With --by a row gathers the ports toward all destinations of a process, peer or peer's \
            port: of are those toward all of them, so that one may be full where the row is not.

            EXAMPLES
              socktape report ports
              socktape report ports --peer 203.0.113.5:443 --since -2h
              socktape report ports --by process --bucket 10m
            """)

    /// By what ports are gathered.
    enum Group: String, CaseIterable, ExpressibleByArgument {
        case process, peer
        case peerPort = "peer-port"

        /// The same for a query.
        var grouping: Grouping {
            switch self {
            case .process: .process
            case .peer: .peer
            case .peerPort: .peerPort
            }
        }
    }

    @OptionGroup var options: ReportOptions
    @OptionGroup var parts: PartOptions

    @Option(
        help: ArgumentHelp(
            "Gather by this (default: own address, peer and its port).", valueName: "what"))
    var by: Group?

    func run(in surroundings: Surroundings) throws {
        try options.work(in: surroundings) { desk, scope in
            let query = PortsQuery(
                scope, by: by?.grouping, bucketMicroseconds: try parts.length(of: scope),
                apart: try desk.hasNamespaces(scope))
            try desk.show(query.question, ifAny: ["closing", "not_sent", "exhausted_in_s"])
            try desk.tellPorts(scope)
            try desk.tellCoverage(scope)
        }
    }
}

extension Desk {
    /// Says which ports there are, and for whom they are a limit.
    fileprivate func tellPorts(_ scope: Scope) throws {
        guard page.isForPeople else { return }
        let ranges = try session.all(PortRanges(scope).question)
        for row in ranges.prefix(3) {
            guard let low = row[1].integer, let high = row[2].integer,
                let reserved = row[3].integer, let ports = row[4].integer
            else { continue }
            let netns = ranges.count > 1 ? row[0].integer.map { " of namespace \($0)" } ?? "" : ""
            try note(
                "ports\(netns): \(low) to \(high)"
                    + (reserved > 0 ? " less \(HumanText.number(reserved)) reserved" : "")
                    + ", \(HumanText.number(ports)) toward each peer and port")
        }
        if ranges.isEmpty {
            try note(
                "ip_local_port_range was not recorded: every port counts, of an unknown number")
        }
        try note(
            "a server is not limited by ports: its connections share one, and differ by peer")
    }
}
