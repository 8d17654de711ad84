import ArgumentParser
import Queries

/// Who closes first.
struct ClosersReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "closers",
        abstract: "Who closes first, this host or the peer, and how connections end.",
        discussion: """
            About the connections that opened and ended within the range or before. The end that \
            closes first by FIN holds TIME-WAIT. Both is a FIN that crossed the other's; aborted \
            is an end without FIN of which no reset was seen. A table leaves out what never happened.

            EXAMPLES
              socktape report closers
              socktape report closers --by port --role server
              socktape report closers --bucket 10m
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var bucket: BucketOptions

    @Option(
        help: ArgumentHelp(
            "Gather by this; port is this end's (default: process, or all together in buckets).",
            valueName: "what"))
    var by: EndGroup?

    func run(in surroundings: Surroundings) throws {
        let length = try bucket.microseconds()
        try options.work(in: surroundings) { desk, scope in
            let grouping = by?.grouping ?? (length == nil ? .process : nil)
            try desk.show(
                ClosersQuery(scope, by: grouping, bucketMicroseconds: length).question,
                ifAny: ["by_both", "by_unknown", "reset", "timeout", "aborted", "other"])
            try desk.note(
                "here: this host closed first; unseen: nothing tells who did, and the shares "
                    + "leave it out")
            try desk.tellCoverage(scope)
        }
    }
}
