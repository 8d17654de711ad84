internal import Glibc
package import Model
internal import Wire

/// What /proc and the kernel tell of this host besides its TCP sockets.
package final class LinuxHost {
    /// What does not change while the host is up.
    package let facts: HostFacts
    /// What is hidden and what would show it, each said once.
    package private(set) var notes: [SourceNote] = []

    private let proc: String
    private let table: ProcessTable
    private var files = Files()
    private let namespace: NamespaceReadings

    /// Reads the facts and opens /proc, or a directory that shows other processes as it would.
    package init(proc: String = "/proc") throws(KernelError) {
        facts = HostFacts.current()
        self.proc = proc
        table = try ProcessTable(proc)
        namespace = try NamespaceReadings(NamespaceDoor())
    }

    /// What this process takes of the host's memory.
    package var residentOctets: Int64? { OwnProcess.residentOctets }

    /// The kernel's counters since boot, of the recorder's network namespace.
    package func counters() -> KernelCounters { namespace.counters() }

    /// The kernel's gauges of sockets, of the recorder's network namespace.
    package func socketStatistics() -> SocketStatistics { namespace.socketStatistics() }

    /// Open files of the whole host.
    package func fileHandles() -> FileHandleCounts? {
        files.content("/proc/sys/fs/file-nr").flatMap(FileHandleCounts.init)
    }

    /// The sysctls that bound the whole host, as far as this kernel has them.
    package func limits() -> [KernelLimit] {
        NamespaceReadings.limits(NamespaceReadings.hostLimitPaths)
    }

    /// UDP sockets of the recorder's network namespace that are bound; nil when the kernel does not
    /// show them.
    package func datagrams() -> [DatagramRow]? { namespace.datagrams() }

    /// Every process and how many descriptors it has.
    package func processes() -> ProcessScan {
        table.refresh()
        table.refreshLimits(now: KernelClock.boot())
        noteHidden("descriptors", of: table.hidden)
        let processes = table.entries.values.map { entry in
            ProcessDescriptors(
                identity: entry.identity, open: entry.open, softLimit: entry.limits?.soft,
                hardLimit: entry.limits?.hard)
        }
        return ProcessScan(processes: processes, hidden: table.hidden)
    }

    /// What /proc tells of one process; nil when it is gone.
    package func facts(of process: ProcessIdentity) -> ProcessFacts? {
        let directory = "\(proc)/\(process.pid)"
        guard let stat = files.content("\(directory)/stat").flatMap(ProcessStat.init),
            stat.identity == process
        else { return nil }
        let status = files.content("\(directory)/status").flatMap(ProcessStatus.init)
        let cgroup = files.content("\(directory)/cgroup").map(ProcessCgroup.init)
        return ProcessFacts(
            identity: process, comm: stat.comm, executable: Files.target("\(directory)/exe"),
            uid: status?.uid, cgroup: cgroup?.path, unit: cgroup?.unit,
            container: cgroup?.container)
    }

    /// Who holds these sockets, looked for in the likely processes first; found within the budget,
    /// ns, or, where there are so many processes that the look at them takes more than half of it,
    /// in twice the time of that look.
    package func owners(
        of inodes: Set<UInt64>, likely: Set<ProcessIdentity>, budgetNanoseconds: Int64
    ) -> OwnerScan {
        let begun = KernelClock.boot()
        table.refresh()
        let looked = KernelClock.boot() - begun
        let deadline = begun.addingReportingOverflow(max(budgetNanoseconds, 2 * looked))
        var search = OwnerSearch(
            inodes, likely: likely, in: table,
            deadline: deadline.overflow ? .max : deadline.partialValue)
        let scan = search.run()
        noteHidden("owners", of: scan.hidden)
        return scan
    }

    /// Says it once. Counts of descriptors are open to all since Linux 6.2; to list and to read
    /// those of other users takes both capabilities (tried on 6.18).
    private func noteHidden(_ what: String, of count: Int) {
        guard count > 0, !notes.contains(where: { $0.source == what }) else { return }
        let hidden = count == 1 ? "those of 1 process are" : "those of \(count) processes are"
        let reason =
            OwnProcess.userID == 0
            ? "hidden: this root user has fewer capabilities"
            : "hidden; run as root or with both CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"
        notes.append(SourceNote(source: what, reason: "\(hidden) \(reason)"))
    }
}
