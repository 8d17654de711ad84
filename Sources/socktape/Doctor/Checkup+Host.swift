import Kernel
import Model
import Recorder
import Rendering

extension Checkup {
    /// The kernel's table by netlink, and by /proc for where that is refused.
    func tables() -> [SourceFinding] {
        let (tcp, reason) = TableSource.best()
        guard let reason else {
            let spare = walk(ProcTCP()).map { " (\($0.seen))" } ?? ""
            return [
                dumps(tcp),
                SourceFinding("/proc/net/tcp", .works, "the spare for dumps, not needed\(spare)"),
            ]
        }
        var spare = dumps(tcp)
        if spare.state == .works {
            spare.state = .limited
            spare.loss =
                "no cookies, no tcp_info (octets, round-trip time, role), times of TIME-WAIT to "
                + "10 ms"
        }
        return [
            SourceFinding(
                "dumps by sock_diag", .missing, reason,
                remedy: "load the kernel module tcp_diag (modprobe tcp_diag), or let the sandbox "
                    + "open NETLINK_SOCK_DIAG"),
            spare,
        ]
    }

    private func dumps(_ source: any TCPSource) -> SourceFinding {
        let name = source.name == "sock_diag" ? "dumps by sock_diag" : "/proc/net/tcp"
        guard let (seen, failure) = walk(source) else {
            return SourceFinding(name, .missing, "a walk of the table failed")
        }
        if let failure { return SourceFinding(name, .missing, "a walk failed: \(failure)") }
        return SourceFinding(name, .works, seen)
    }

    private func walk(_ source: any TCPSource) -> (seen: String, failure: String?)? {
        var info = false
        let outcome = source.dump { _, rows in
            info = info || rows.contains { $0.info != nil }
        }
        let seconds = Double(outcome.window.latest - outcome.window.earliest) / 1e9
        let sockets = HumanText.count(Int64(outcome.rows), "TCP socket")
        return (
            "\(sockets) in \(HumanText.seconds(seconds))" + (info ? ", with tcp_info" : ""),
            outcome.failure.map { "\($0)" }
        )
    }

    func owners(_ host: LinuxHost) -> SourceFinding {
        // No socket has this inode, so that every process is looked through.
        let scan = host.owners(of: [.max], likely: [], budgetNanoseconds: 1_000_000_000)
        return hidden(
            "owners", scan.hidden, host, works: "the processes that hold sockets",
            loss: "sockets of other users have no process: reports put them under unknown")
    }

    func descriptors(_ host: LinuxHost) -> SourceFinding {
        hidden(
            "descriptors", host.processes().hidden, host,
            works: "open descriptors against their limits",
            loss: "leaks of descriptors there are not seen")
    }

    private func hidden(
        _ name: String, _ hidden: Int, _ host: LinuxHost, works: String, loss: String
    ) -> SourceFinding {
        let all = Int64(host.processes().processes.count)
        let count = HumanText.count(all, "process", many: "processes")
        guard hidden > 0 else { return SourceFinding(name, .works, "\(works), of all \(count)") }
        let lacking = privileges.lacks([.ptrace, .readSearch])
        return SourceFinding(
            name, .limited,
            "\(works); those of \(HumanText.number(Int64(hidden))) of \(count) are hidden",
            loss: loss,
            // What holds more than this process does is hidden from it, whatever it holds.
            remedy: privileges.remedy(lacking)
                ?? "record where root holds all capabilities: not in a container",
            lacking: lacking)
    }

    func timer(_ host: LinuxHost) -> SourceFinding {
        let jiffy = Double(host.facts.jiffyMicroseconds) / 1e6
        return SourceFinding(
            "TIME-WAIT timer", .works,
            "entries to one jiffy either way by dumps: \(HumanText.seconds(jiffy))")
    }

    func counters(_ host: LinuxHost) -> SourceFinding {
        let counters = host.counters()
        guard let active = counters.activeOpens, let passive = counters.passiveOpens else {
            return SourceFinding(
                "kernel counters", .missing, "/proc/net/snmp names no ActiveOpens",
                loss: "no coverage: nothing proves how much was seen",
                remedy: "mount /proc, or let the sandbox read it")
        }
        return SourceFinding(
            "kernel counters", .works,
            "\(HumanText.number(active)) active and \(HumanText.number(passive)) passive opens "
                + "since boot")
    }

    func datagrams(_ host: LinuxHost) -> SourceFinding {
        guard let rows = host.datagrams() else {
            return SourceFinding(
                "UDP sockets", .missing, "the kernel does not show them",
                loss: "no UDP sockets in the recording",
                remedy: "load the kernel module udp_diag (modprobe udp_diag)")
        }
        return SourceFinding("UDP sockets", .works, "\(HumanText.number(Int64(rows.count))) bound")
    }
}
