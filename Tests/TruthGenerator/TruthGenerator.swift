import Glibc

/// Makes TCP connections and writes down, as CSV on standard output, when it made each call: the
/// truth that recordings are compared with. Its times are those of CLOCK_REALTIME in µs, read
/// before and after each call.
@main
enum TruthGenerator {
    private static let usage = """
        usage: TruthGenerator lives [--count N] [--min-ms MS] [--max-ms MS] [--over-ms MS]
                   [--closer client|server|mixed] [--linger-ms MS] [--ipv6 | --dual-stack]
                   [--address A] [--peer-netns PATH] [--seed N]
               TruthGenerator short [--count N] [--lifetime-ms MS] [--rate PER_SECOND]
                   [--closer self|peer] [--address A] [--peer-netns PATH]
               TruthGenerator endings [--hold-ms MS]
               TruthGenerator hold [--count N] [--processes P] [--seconds S] [--ipv6]
                   [--dual-stack]
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
        case "hold": try Hold(options).run()
        case "holder": try Hold(options).holdAlone()
        case "serve": try Serve.run()
        default:
            Output.complaint(usage)
            exit(64)
        }
    }
}
