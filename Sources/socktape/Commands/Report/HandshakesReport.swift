import ArgumentParser
import Queries
import Rendering

/// How handshakes went.
struct HandshakesReport: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "handshakes",
        abstract: "How handshakes ended, and how long they took: why did connects fail?",
        discussion: """
            A handshake counts when it opens a connection or fails; waiting are those that had \
            done neither by the end of the range. As a server only those that completed are \
            recorded, and their time is from the SYN-ACK to its answer. Slow are those of a second \
            or more, where a SYN was sent again. p50 and p99 are of those that opened; vague are those \
            whose bounds leave more than half of their time open, as dumps alone do. A table \
            leaves out what never happened.

            EXAMPLES
              socktape report handshakes --role client
              socktape report handshakes --bucket 1m --since 03:00 --until 03:30
              socktape report handshakes --by process --peer 203.0.113.5:443
            """)

    /// What a table for people leaves out where it never happened.
    private static let rare: Set<String> = [
        "refused", "timed_out", "unreachable", "not_sent", "gave_up", "unknown", "waiting", "slow",
        "vague",
    ]

    @OptionGroup var options: ReportOptions
    @OptionGroup var bucket: BucketOptions

    @Option(
        help: ArgumentHelp(
            "Gather by this; port is this end's (default: peer, or all together in buckets).",
            valueName: "what"))
    var by: EndGroup?

    func run(in surroundings: Surroundings) throws {
        let length = try bucket.microseconds()
        try options.work(in: surroundings) { desk, scope in
            let grouping = by?.grouping ?? (length == nil ? .peer : nil)
            try desk.show(
                HandshakesQuery(scope, by: grouping, bucketMicroseconds: length).question,
                ifAny: Self.rare)
            try desk.tellHandshakes(scope)
            try desk.tellCoverage(scope)
        }
    }
}

extension Desk {
    /// Says what samples and the kernel's counters tell of handshakes.
    fileprivate func tellHandshakes(_ scope: Scope) throws {
        guard page.isForPeople,
            let row = try session.all(HandshakeSignsQuery(scope).question).first
        else { return }
        let peaks = [("SYN-SENT", row[0], row[1]), ("SYN-RECV", row[2], row[3])].compactMap {
            name, number, moment -> String? in
            guard let number = number.integer else { return nil }
            let at = number > 0 ? moment.integer.map { ", at " + text($0) } ?? "" : ""
            return "\(HumanText.number(number)) in \(name)\(at)"
        }
        if !peaks.isEmpty {
            try note("most at once in a sample: " + peaks.joined(separator: "; "))
        }
        let overflows = row[4].integer ?? 0
        let drops = row[5].integer ?? 0
        guard drops > 0 || overflows > 0 else { return }
        try note(
            "listeners of this host dropped \(HumanText.count(max(drops, overflows), "handshake")), "
                + "\(HumanText.number(overflows)) of them because an accept queue was full")
    }
}
