import ArgumentParser
import Queries

extension PeersQuery.Group: ExpressibleByArgument {}

/// Connections by the other end.
struct PeersReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "Connections by the other end: how many, how they fared, what they carried.",
        discussion: """
            About the connections that were there within the range; opened, failed and closed \
            count what happened in it. Bytes are payload over the whole life. reset is the share \
            of ends that were a reset. median is the life that half of those that opened did not \
            exceed; one that is still open counts as longer than all, and - is beyond what was \
            seen ('socktape report lifetimes --by peer' estimates it).

            EXAMPLES
              socktape report peers --role client
              socktape report peers --by peer-port --top 10
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var parts: PartOptions

    @Option(help: ArgumentHelp("Gather by this.", valueName: "what"))
    var by = PeersQuery.Group.peer

    func run(in surroundings: Surroundings) throws {
        try options.work(in: surroundings) { desk, scope in
            let length = try parts.length(of: scope)
            try desk.show(PeersQuery(scope, by: by, bucketMicroseconds: length).question)
            try desk.tellCoverage(scope)
        }
    }
}
