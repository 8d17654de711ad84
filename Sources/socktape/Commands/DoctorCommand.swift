import ArgumentParser
import Kernel
import Model
import Recorder
import Rendering

/// What this host lets a recorder see.
struct DoctorCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Tell what this host lets a recorder see, and what each lack costs.",
        discussion: """
            Looks at every source once and records nothing.

            EXAMPLES
              socktape doctor
              sudo -u nobody socktape doctor
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run(in surroundings: Surroundings) throws {
        let page = try Page(output, in: surroundings)
        var rows = Checkup().rows
        rows.append(file(in: surroundings))
        let cursor = ArrayCursor(
            columns: [Column("source"), Column("state"), Column("detail"), Column("remedy")],
            rows: rows.map(\.cells))
        try page.show(cursor)
        try page.finish()
    }

    private func file(in surroundings: Surroundings) -> Checkup.Row {
        let path = database.path(in: surroundings)
        if let holder = surroundings.recorder(path) {
            return Checkup.Row("recording", .works, "process \(holder) records into \(path)")
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard let free = surroundings.freeBytes(folder.isEmpty ? "/" : folder) else {
            return Checkup.Row(
                "recording", .limited, "the folder of \(path) is not there yet",
                "'socktape record' makes the default folder; make any other one before")
        }
        let room = HumanText.bytes(Double(free))
        return Checkup.Row("recording", .works, "\(path): \(room) free on its disk")
    }
}

/// One look at every source.
struct Checkup {
    /// How a source fares.
    enum State: String {
        case works
        case limited
        case missing
    }

    /// One source.
    struct Row {
        var source: String
        var state: State
        var detail: String
        var remedy: String?

        init(_ source: String, _ state: State, _ detail: String, _ remedy: String? = nil) {
            self.source = source
            self.state = state
            self.detail = detail
            self.remedy = remedy
        }

        var cells: [Cell] {
            [.text(source), .text(state.rawValue), .text(detail), remedy.map(Cell.text) ?? .null]
        }
    }

    /// Everything that was looked at.
    var rows: [Row] {
        var rows = [table(), events()]
        do {
            let host = try LinuxHost()
            rows += [timer(host), counters(host), processes(host), datagrams(host), netns(host)]
        } catch {
            rows.append(Row("/proc", .missing, "\(error)"))
        }
        return rows
    }

    private func table() -> Row {
        let (tcp, reason) = TableSource.best()
        var info = false
        let outcome = tcp.dump { _, rows in
            info = info || rows.contains { $0.info != nil }
        }
        let milliseconds = Double(outcome.window.latest - outcome.window.earliest) / 1e6
        let seen =
            "\(HumanText.count(Int64(outcome.rows), "TCP socket")) in "
            + HumanText.seconds(milliseconds / 1e3)
        if let failure = outcome.failure {
            return Row(tcp.name, .missing, "a dump failed: \(failure)")
        }
        if let reason {
            return Row(tcp.name, .limited, "\(seen); \(reason)")
        }
        return Row(
            tcp.name, .works, seen + (info ? ", with tcp_info" : ", none with tcp_info"))
    }

    /// Whether the host permits kernel events, which `record` does not use yet.
    private func events() -> Row {
        let loss =
            "dumps alone see a connection that lives shorter than the interval only if "
            + "this host closes first"
        let remedy = "record at a shorter interval, and read the coverage that every report states"
        do {
            let source = try EventSource()
            let timers = source.withoutTimers.map { ", though without timers: \($0)" } ?? ""
            return Row(
                "kernel events", .limited,
                "BPF works here\(timers); this version does not record by it: \(loss)", remedy)
        } catch {
            return Row("kernel events", .missing, "\(error); \(loss)", remedy)
        }
    }

    private func timer(_ host: LinuxHost) -> Row {
        let jiffy = Double(host.facts.jiffyMicroseconds) / 1e6
        return Row(
            "TIME-WAIT timer", .works,
            "entries to one jiffy either way: \(HumanText.seconds(jiffy))")
    }

    private func counters(_ host: LinuxHost) -> Row {
        let counters = host.counters()
        guard let active = counters.activeOpens, let passive = counters.passiveOpens else {
            return Row(
                "kernel counters", .missing, "/proc/net/snmp names no ActiveOpens: no coverage",
                "mount /proc, or let the sandbox read it")
        }
        return Row(
            "kernel counters", .works,
            "\(HumanText.number(active)) active and \(HumanText.number(passive)) passive opens "
                + "since boot")
    }

    private func processes(_ host: LinuxHost) -> Row {
        let scan = host.processes()
        let count = HumanText.number(Int64(scan.processes.count))
        guard scan.hidden > 0 else {
            return Row("processes", .works, "owners and descriptors of all \(count) processes")
        }
        return Row(
            "processes", .limited,
            "owners and descriptors of \(HumanText.number(Int64(scan.hidden))) of \(count) "
                + "processes are hidden",
            OwnProcess.userID == 0
                ? "record where root has all capabilities: not in a container"
                : "run as root, or: setcap cap_sys_ptrace,cap_dac_read_search=ep socktape")
    }

    private func datagrams(_ host: LinuxHost) -> Row {
        guard let rows = host.datagrams() else {
            return Row(
                "UDP sockets", .missing, "the kernel does not show them",
                "load the kernel module udp_diag (modprobe udp_diag)")
        }
        return Row("UDP sockets", .works, "\(HumanText.number(Int64(rows.count))) bound")
    }

    private func netns(_ host: LinuxHost) -> Row {
        guard let cookie = host.facts.netnsCookie else {
            return Row(
                "network namespace", .limited, "this kernel gives it no cookie (Linux 5.14 does)")
        }
        return Row(
            "network namespace", .works, "cookie \(cookie); other namespaces are not recorded",
            "record inside each: nsenter --net=/run/netns/NAME socktape record --db NAME.sqlite")
    }
}
