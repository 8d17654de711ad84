/// Options that most reports have and one does not, as they would mean nothing there, each with the
/// reason: its help says so, and so does the error where one is given.
enum LackingOptions {
    private static let ends = ["--local", "--peer", "--port", "--role"]
    private static let filters = ends + ["--process", "--pid"]

    /// Of each report: what it lacks, and why.
    private static let reasons: [String: [(options: [String], reason: String)]] = [
        "coverage": [
            (["--bucket"], "its rows are hours"),
            (["--by"] + filters, "the kernel counts all connections of a namespace together"),
            (["--top"], "each hour is shown"),
        ],
        "fds": [
            (["--by"], "its rows are processes"),
            (ends, "descriptors have no ends"),
        ],
        "lifetimes": [
            (
                ["--bucket"],
                "an estimate needs the whole of its range: --since and --until give a part of it"
            )
        ],
        "limits": [
            (["--by"], "its rows are limits"),
            (filters, "a limit is the host's, a namespace's or a process's, and no connection's"),
        ],
        "listeners": [
            (["--bucket"], "a listener's queue and what it accepted are known of its whole time"),
            (["--by"], "its rows are listeners"),
            (filters, "it tells of listeners, and not of connections"),
        ],
        "long": [
            (["--bucket"], "it shows one moment, the end of the range, which --until moves"),
            (["--by"], "its rows are connections"),
        ],
        "processes": [(["--by"], "its rows are processes; 'report peers' has --by")],
        "states": [
            (["--by"], "its rows are states"),
            (filters, "samples count sockets by state alone; 'socktape at' takes filters"),
            (["--top"], "each state is shown"),
        ],
        "summary": [
            (["--bucket", "--by", "--top"], "it is one page about the whole range"),
            (filters, "it is one page about all connections"),
        ],
    ]

    /// What a report's help says of them.
    static func told(_ report: String) -> String {
        (reasons[report] ?? []).map { options, reason in
            let names =
                options.count == 1
                ? options[0]
                : options.dropLast().joined(separator: ", ") + " or " + options[options.count - 1]
            return "It has no \(names): \(reason)."
        }.joined(separator: " ")
    }

    /// Why a report has no such option; nil where nothing says so.
    static func reason(_ report: String, _ option: String) -> String? {
        reasons[report]?.first { $0.options.contains(option) }?.reason
    }
}
