import Glibc

/// Makes TCP connections and writes down, as CSV on standard output, when it made each call: the
/// truth that recordings are compared with. Its times are those of CLOCK_REALTIME in µs, read
/// before and after each call.
@main
enum TruthGenerator {
    private static let usage = """
        usage: TruthGenerator lives [--count N] [--min-ms MS] [--max-ms MS] [--over-ms MS]
                   [--closer client|server|mixed] [--linger-ms MS] [--ipv6 | --dual-stack]
                   [PLACE] [--seed N]
               TruthGenerator short [--count N] [--lifetime-ms MS] [--rate PER_SECOND]
                   [--closer self|peer] [PLACE]
               TruthGenerator endings [--hold-ms MS] [PLACE]
               TruthGenerator edges --settings [--cable DEVICE] [PLACE]
               TruthGenerator rapid [--count N] [--lifetime-ms MS] [--rate PER_SECOND]
                   [--port P] [--ipv6 | --dual-stack] [PLACE]
               TruthGenerator fleeting [--count N] [--uid UID] [--lifetime-us US] [--ipv6]
               TruthGenerator churn [--rate PER_SECOND] [--seconds S] [--processes P]
                   [--lifetime-us US] [--fin]
               TruthGenerator hold [--count N] [--processes P] [--seconds S] [--ipv6]
                   [--dual-stack]
        PLACE is [--from A] [--to A] [--from6 A] [--to6 A] [--peer-netns PATH]; loopback without.
        `churn` counts its connections and lists none.
        """

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        let words = CommandLine.arguments.dropFirst()
        do {
            try run(words.first ?? "", Options(words.dropFirst()))
        } catch {
            Output.complaint("\(error)")
            exit(1)
        }
    }

    private static func run(_ command: String, _ options: Options) throws {
        switch command {
        case "lives": try Lives(options).run()
        case "short": try Lives(short: options).run()
        case "endings": try Endings(options).run()
        case "edges": try Edges(options).run()
        case "rapid":
            var rapid = Rapid(options)
            try rapid.run()
        case "fleeting": try Fleeting(options).run()
        case "once": try Fleeting(options).runOnce()
        case "churn": try Churn(options).run()
        case "churner": try Churn(options).runAlone()
        case "hold": try Hold(options).run()
        case "holder": try Hold(options).holdAlone()
        case "serve": try Serve.run()
        default:
            Output.complaint(usage)
            exit(64)
        }
    }
}
