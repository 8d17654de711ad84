/// A process is its id and its start time: ids come back.
public struct ProcessIdentity: Hashable, Sendable {
    /// The process id (tgid).
    public var pid: Int32
    /// Start time in clock ticks since boot (field 22 of /proc/PID/stat).
    public var startTicks: UInt64

    /// Pairs id and start.
    public init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }
}

/// What /proc tells of a process. Its command line is not read: it holds secrets.
package struct ProcessFacts: Equatable, Sendable {
    package var identity: ProcessIdentity
    /// The name that the process gave itself; any bytes, up to 15.
    package var comm: String
    /// Where /proc/PID/exe leads; nil where that is hidden or for a kernel thread.
    package var executable: String?
    /// The real user id.
    package var uid: UInt32?
    /// The path in the unified cgroup hierarchy.
    package var cgroup: String?
    /// The systemd unit named by the cgroup path.
    package var unit: String?
    /// The container id named by the cgroup path.
    package var container: String?

    package init(
        identity: ProcessIdentity, comm: String, executable: String? = nil, uid: UInt32? = nil,
        cgroup: String? = nil, unit: String? = nil, container: String? = nil
    ) {
        self.identity = identity
        self.comm = comm
        self.executable = executable
        self.uid = uid
        self.cgroup = cgroup
        self.unit = unit
        self.container = container
    }
}

/// How many descriptors one process has open, and may have.
package struct ProcessDescriptors: Equatable, Sendable {
    package var identity: ProcessIdentity
    /// Open descriptors; nil where hidden.
    package var open: Int64?
    /// RLIMIT_NOFILE, soft; nil when hidden, Int64.max for unlimited.
    package var softLimit: Int64?
    /// RLIMIT_NOFILE, hard; nil when hidden, Int64.max for unlimited.
    package var hardLimit: Int64?

    package init(
        identity: ProcessIdentity, open: Int64?, softLimit: Int64? = nil, hardLimit: Int64? = nil
    ) {
        self.identity = identity
        self.open = open
        self.softLimit = softLimit
        self.hardLimit = hardLimit
    }
}

/// One look at every process.
package struct ProcessScan: Equatable, Sendable {
    package var processes: [ProcessDescriptors]
    /// Processes whose descriptors the recorder may not count.
    package var hidden: Int

    package init(processes: [ProcessDescriptors], hidden: Int) {
        self.processes = processes
        self.hidden = hidden
    }
}

/// What a walk over descriptors found.
package struct OwnerScan: Equatable, Sendable {
    /// Holders by inode, for those of the wanted inodes that were found.
    package var owners: [UInt64: [ProcessIdentity]]
    /// False when the budget ended the walk early: an inode not found may still have an owner.
    package var complete: Bool
    /// Processes whose descriptors the recorder may not read.
    package var hidden: Int

    package init(owners: [UInt64: [ProcessIdentity]], complete: Bool, hidden: Int) {
        self.owners = owners
        self.complete = complete
        self.hidden = hidden
    }
}
