internal import Glibc
internal import Model
internal import Wire

/// What is remembered of each process between two looks, so that a look costs one stat a process.
final class ProcessTable {
    private static let limitsAge: Int64 = 60_000_000_000

    /// Processes by id, as last seen.
    private(set) var entries: [Int32: ProcessEntry] = [:]
    /// Processes whose descriptors could not be counted in the last look.
    private(set) var hidden = 0
    /// /proc, or what stands for it.
    let root: Directory
    private var look: UInt64 = 0
    private var files = Files()
    /// Whether the size of /proc/PID/fd is the count of its entries (Linux 6.2).
    private let sizeCounts: Bool

    /// Opens /proc, or a directory that is like it.
    init(_ path: String) throws(KernelError) {
        root = try Directory(path)
        sizeCounts = ((try? FileStatus("self/fd", in: root.number))?.size ?? 0) > 0
    }

    /// Looks at every process, and forgets those that went.
    func refresh() {
        look &+= 1
        hidden = 0
        // The names are not used, only the numbers.
        unsafe root.forEachNumber { _, number, _ in
            if let pid = Int32(exactly: number) { visit(pid) }
            return true
        }
        let current = look
        entries = entries.filter { $0.value.look == current }
    }

    /// Reads the limits of processes that are new, whose count changed by a tenth, or whose limits
    /// were read long ago.
    func refreshLimits(now: Int64) {
        for (pid, entry) in entries {
            let open = entry.open ?? 0
            let change = abs(open - entry.openAtLimits)
            guard
                entry.limitsRead == 0 || change * 10 > entry.openAtLimits
                    || now - entry.limitsRead > Self.limitsAge
            else { continue }
            entries[pid]?.limits = files.content("\(pid)/limits", in: root.number)
                .flatMap(ProcessLimits.init)
            entries[pid]?.openAtLimits = open
            entries[pid]?.limitsRead = now
        }
    }

    /// Remembers how a walk over a process's descriptors ended.
    func noteWalk(of pid: Int32, at now: Int64, resume: Int64) {
        guard let open = entries[pid]?.open else { return }
        entries[pid]?.walked = now
        entries[pid]?.resume = resume
        entries[pid]?.openAtWalk = open
    }

    private func visit(_ pid: Int32) {
        let path = "\(pid)/fd"
        let status: FileStatus
        do {
            status = try FileStatus(path, in: root.number)
        } catch {
            // A process that went is skipped; one that hides is told.
            if error.isDenial { hide(pid) }
            return
        }
        guard entries[pid]?.directoryInode == status.inode || meet(pid, inode: status.inode) else {
            return
        }
        let open = count(path, status)
        if open == nil { hidden += 1 }
        entries[pid]?.open = open
        entries[pid]?.look = look
    }

    /// A process not seen before under this inode: false when it went meanwhile.
    private func meet(_ pid: Int32, inode: UInt64) -> Bool {
        guard let stat = files.content("\(pid)/stat", in: root.number).flatMap(ProcessStat.init)
        else { return false }
        if entries[pid]?.identity == stat.identity {
            // The kernel forgot the directory's inode and made another.
            entries[pid]?.directoryInode = inode
        } else {
            entries[pid] = ProcessEntry(identity: stat.identity, directoryInode: inode)
        }
        return true
    }

    private func hide(_ pid: Int32) {
        guard meet(pid, inode: 0) else { return }
        hidden += 1
        entries[pid]?.open = nil
        entries[pid]?.look = look
    }

    private func count(_ path: String, _ status: FileStatus) -> Int64? {
        if sizeCounts { return status.size }
        guard let directory = try? Directory(path, in: root.number) else { return nil }
        var count: Int64 = 0
        // The names are not used, only that they are there.
        unsafe directory.forEachNumber { _, _, _ in
            count += 1
            return true
        }
        return count
    }
}

/// A process as last seen.
struct ProcessEntry {
    var identity: ProcessIdentity
    /// The inode of /proc/PID/fd: a process id that comes back gets another.
    var directoryInode: UInt64
    /// Open descriptors; nil where hidden.
    var open: Int64?
    var limits: ProcessLimits?
    /// What was open when the limits were read.
    var openAtLimits: Int64 = 0
    /// When the limits were read, ns of the boot clock; 0 for never.
    var limitsRead: Int64 = 0
    /// What was open when the descriptors were last walked; nil before the first walk.
    var openAtWalk: Int64?
    /// When the descriptors were last walked, ns of the boot clock.
    var walked: Int64 = 0
    /// Where a walk that ran out of time goes on; 0 for the beginning.
    var resume: Int64 = 0
    /// The look that saw it last.
    var look: UInt64 = 0

    init(identity: ProcessIdentity, directoryInode: UInt64) {
        self.identity = identity
        self.directoryInode = directoryInode
    }
}
