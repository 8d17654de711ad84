import Glibc
import Kernel
import Testing

@Suite("A recorder of few privileges", .serialized)
struct EventsPrivilegeTests {
    /// Who records, what `--capture auto` makes of it, and what the recording says of its sources:
    /// the beginning of the name and a part of the reason, nil where there is none.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let prefix: [String]
        let choice: String
        let sources: [(name: String, reason: String?)]
    }

    /// Runs a program as a user that owns nothing and may do so much.
    private static func ordinary(_ capabilities: String?) -> [String] {
        let user = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        guard let capabilities else { return user + ["--inh-caps=-all"] }
        return user + ["--inh-caps=-all,\(capabilities)", "--ambient-caps=-all,\(capabilities)"]
    }

    private static let symbols = "run as root or with CAP_SYSLOG"
    private static let refused = "sock_diag is refused"

    static let cases = [
        Case(
            testDescription: "CAP_BPF and CAP_PERFMON", prefix: ordinary("+bpf,+perfmon"),
            choice: "dumps+events",
            sources: [("sock_diag", nil), ("bpf", symbols), ("bpf", nil)]),
        Case(
            testDescription: "CAP_SYSLOG besides", prefix: ordinary("+bpf,+perfmon,+syslog"),
            choice: "dumps+events", sources: [("sock_diag", nil), ("bpf", nil)]),
        Case(
            testDescription: "no capability", prefix: ordinary(nil), choice: "dumps+closes",
            sources: [
                ("sock_diag", nil), ("sock_destroy", nil),
                ("bpf", "this process lacks CAP_PERFMON and CAP_BPF"),
            ]),
        Case(
            testDescription: "root without bpf(2)", prefix: ["Confined", "bpf"],
            choice: "dumps+closes",
            sources: [
                ("sock_diag", nil), ("sock_destroy", nil),
                ("bpf", "cannot load the BPF programs: Operation not permitted"),
            ]),
        Case(
            testDescription: "root without netlink", prefix: ["Confined", "netlink"],
            choice: "dumps+events", sources: [("proc_net_tcp", refused), ("bpf", nil)]),
        Case(
            testDescription: "root without both", prefix: ["Confined", "both"], choice: "dumps",
            sources: [
                ("proc_net_tcp", refused),
                ("bpf", "cannot load the BPF programs: Operation not permitted"),
            ]),
        Case(
            testDescription: "neither capability nor netlink",
            prefix: ordinary(nil) + ["Confined", "netlink"], choice: "dumps",
            sources: [
                ("proc_net_tcp", refused),
                ("bpf", "this process lacks CAP_PERFMON and CAP_BPF"),
            ]),
    ]

    @Test("records by what is left, as doctor says, and says what is missing", arguments: cases)
    func degrades(_ example: Case) async throws {
        let place = try OpenDirectory(products: ["socktape", "Confined"])
        func run(_ words: [String]) async throws -> String {
            let prefix = example.prefix.map { $0 == "Confined" ? place.path + "/" + $0 : $0 }
            let child = try SpawnedProcess(
                prefix + ["\(place.path)/socktape"] + words, output: "\(place.path)/output")
            defer { child.discard() }
            let code = try await child.wait(seconds: 60)
            #expect(code == 0, "\(words[0]): \(child.errors)")
            return child.output
        }
        let advice = try await run(["doctor", "--format", "csv"])
        #expect(advice.contains("capture auto,works,chooses \(example.choice),"), "\(advice)")
        let recording = "\(place.path)/recording.sqlite"
        _ = try await run(["record", "--db", recording, "--duration", "1s", "--interval", "250ms"])
        let text = try await run([
            "sql", "--db", recording, "--format", "csv",
            "SELECT source || ': ' || coalesce(reason, '-') FROM sources",
        ])
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.filter { $0 != "\"" }
        }
        for (name, reason) in example.sources {
            let found = lines.contains {
                $0.hasPrefix(name) && (reason.map($0.contains) ?? $0.hasSuffix(": -"))
            }
            #expect(found, "\(name) \(reason ?? "-") is not in \(lines)")
        }
    }
}

/// A directory that every user may write to, with programs that every user may run; it goes when
/// this does.
private final class OpenDirectory {
    let path: String

    init(products: [String]) throws {
        // The folder of the package, and $TMPDIR, may be closed to the user that the programs run
        // as; /tmp is open to all.
        var template = Array("/tmp/socktape-open-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let words = try products.map { try Bench.product($0) }.joined(separator: " ")
        _ = try output(of: "chmod 777 \(path) && cp \(words) \(path)")
    }

    deinit { _ = try? output(of: "rm -r \(path)") }
}
