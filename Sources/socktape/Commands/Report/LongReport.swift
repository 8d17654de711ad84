import ArgumentParser
import Queries

/// The longest connections.
struct LongReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "long",
        abstract: "The connections that are open at the end of a range, the longest first.",
        discussion: """
            The age is the least that is sure: ~ marks an opening whose bounds are wide, > one \
            that was open before the recording and may be of any age. Whether a connection is idle \
            is known of those alone that carried no payload in either direction, as far as they \
            were last looked at (--silent): when one that carried some fell silent is not recorded.

            \(LackingOptions.told("long"))

            EXAMPLES
              socktape report long --process postgres
              socktape report long --silent --top 0 --format csv
            """)

    @OptionGroup var options: ReportOptions

    @Flag(help: "Only those that carried no payload in either direction.")
    var silent = false

    func run(in surroundings: Surroundings) throws {
        try options.work(in: surroundings) { desk, scope in
            let apart = try desk.hasNamespaces(scope)
            try desk.show(LongQuery(scope, silentOnly: silent, apart: apart).question)
            try desk.note(
                "age: at least so much; > was open before the recording, ~ has wide bounds; when "
                    + "one that carried payload fell silent is not recorded")
            try desk.tellCoverage(scope)
        }
    }
}
