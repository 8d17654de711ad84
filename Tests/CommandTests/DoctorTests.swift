import Foundation
import Testing

@Suite("What doctor says of this host")
struct DoctorTests {
    private static let sources = [
        "events by BPF", "event timers", "destroy messages", "dumps by sock_diag",
        "/proc/net/tcp", "other namespaces", "owners", "descriptors", "capture auto",
    ]

    @Test func `Every source is named, with how it fares`() throws {
        let outcome = try Command.socktape("doctor", "--format", "csv")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        let rows = try CSV.parse(outcome.output)
        #expect(rows.first == ["source", "state", "detail", "loss", "remedy"])
        #expect(Set(Self.sources).isSubset(of: Set(rows.map { $0[0] })))
        for row in rows.dropFirst() {
            #expect(["works", "limited", "missing"].contains(row[1]), "\(row)")
            #expect(!row[2].isEmpty)
        }
        let choice = rows.first { $0[0] == "capture auto" }?[2]
        let works = Set(rows.filter { $0[1] == "works" }.map { $0[0] })
        let expected =
            works.contains("events by BPF")
            ? "dumps+events" : works.contains("destroy messages") ? "dumps+closes" : "dumps"
        #expect(choice == "chooses \(expected)")
    }

    @Test func `A person reads it in 80 columns, in a pipe too`() throws {
        let outcome = try Command.socktape("doctor", environment: ["COLUMNS": "80"])
        #expect(outcome.code == 0)
        let lines = outcome.output.split(separator: "\n")
        for source in Self.sources { #expect(lines.contains { $0.hasPrefix(source) }) }
        // The line to copy is never broken.
        for line in lines where !line.hasPrefix("  sudo setcap") {
            #expect(line.count <= 80 || !line.dropFirst(29).contains(" "), "\(line)")
        }
    }

    @Test(
        "Without privileges it names the line that gives them, and what is lost until then",
        .enabled(if: geteuid() == 0))
    func unprivileged() throws {
        let folder = try Folder()
        // Everyone can reach it here, whatever the folder of the build allows.
        let program = folder.file("socktape")
        try FileManager.default.copyItem(atPath: Command.path, toPath: program)
        for path in [folder.path, program] {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        let outcome = try Command.shell(
            "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all '\(program)' "
                + "doctor --db /tmp/none/night.sqlite")
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(
            outcome.output.contains(
                "  sudo setcap cap_bpf,cap_perfmon,cap_syslog,cap_sys_ptrace,"
                    + "cap_dac_read_search+ep \(program)\n")
                || outcome.output.contains(",cap_sys_admin+ep \(program)\n"))
        #expect(outcome.output.contains("needs    cap_bpf, cap_perfmon\n"))
        #expect(outcome.output.contains("costs    openings, ends and resets lie between"))
    }
}
