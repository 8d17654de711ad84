internal import Glibc
internal import Model
internal import Wire

/// One search for the holders of sockets by a walk over /proc/PID/fd, within a budget.
struct OwnerSearch {
    /// Links read between two looks at the clock.
    private static let stride = 32

    private let table: ProcessTable
    private let wanted: Set<UInt64>
    private let likely: Set<ProcessIdentity>
    private let deadline: Int64
    private var owners: [UInt64: [ProcessIdentity]] = [:]
    private var hidden = 0
    private var outOfTime = false

    /// A search that stops at a deadline, ns of the boot clock.
    init(
        _ wanted: Set<UInt64>, likely: Set<ProcessIdentity>, in table: ProcessTable,
        deadline: Int64
    ) {
        self.table = table
        self.wanted = wanted
        self.likely = likely
        self.deadline = deadline
    }

    /// Walks the likely processes, then those that are new or whose count of descriptors changed: a
    /// socket may have several holders. Then the rest until each socket has one. Of each kind the
    /// longest unvisited first.
    mutating func run() -> OwnerScan {
        let entries = table.entries.values.filter { $0.open != 0 }
            .map { (entry: $0, rank: rank(of: $0)) }
            .sorted { ($0.rank, $0.entry.walked) < ($1.rank, $1.entry.walked) }
        for (entry, rank) in entries {
            guard !outOfTime, rank < Self.rest || owners.count < wanted.count else { break }
            walk(entry)
        }
        return OwnerScan(owners: owners, complete: !outOfTime, hidden: hidden)
    }

    /// The rank of what is walked last.
    private static let rest = 2

    private func rank(of entry: ProcessEntry) -> Int {
        // One that takes more than the budget goes on in its turn: others would never have theirs.
        if entry.resume != 0 { return 1 }
        if likely.contains(entry.identity) { return 0 }
        return entry.openAtWalk != entry.open ? 1 : Self.rest
    }

    private mutating func walk(_ entry: ProcessEntry) {
        let pid = entry.identity.pid
        let directory: Directory
        do {
            directory = try Directory("\(pid)/fd", in: table.root.number)
        } catch {
            if error.isDenial { hidden += 1 }
            return
        }
        var place = entry.resume
        var visited = 0
        let number = directory.number
        // The name is a C string within the directory's buffer.
        unsafe directory.forEachNumber(from: place) { link, _, name in
            switch unsafe Self.target(of: name, in: number) {
            case .socket(let inode) where wanted.contains(inode): add(entry.identity, to: inode)
            case .socket, .other: break
            case .hidden:
                // Listing takes CAP_DAC_READ_SEARCH, reading what is listed CAP_SYS_PTRACE.
                hidden += 1
                return false
            }
            place = link.next
            visited += 1
            if visited % Self.stride == 0 { outOfTime = KernelClock.boot() > deadline }
            return !outOfTime
        }
        let now = KernelClock.boot()
        table.noteWalk(of: pid, at: now, resume: outOfTime ? place : 0)
        outOfTime = outOfTime || now > deadline
    }

    private mutating func add(_ process: ProcessIdentity, to inode: UInt64) {
        if owners[inode]?.contains(process) == true { return }
        owners[inode, default: []].append(process)
    }

    /// Where a link leads.
    private enum Target {
        case socket(UInt64)
        case other
        case hidden
    }

    private static func target(of name: UnsafePointer<CChar>, in directory: Int32) -> Target {
        // The longest such target, with the largest number, is 29 octets.
        unsafe withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { target in
            guard let start = target.baseAddress else { return .other }
            let answer = SystemCall.attempt {
                unsafe readlinkat(directory, name, start, target.count)
            }
            if answer.errno == EACCES || answer.errno == EPERM { return .hidden }
            guard answer.value > 0 else { return .other }
            let text = unsafe UnsafeRawBufferPointer(rebasing: target[..<answer.value])
            return unsafe SocketLink.inode(text.bytes).map(Target.socket) ?? .other
        }
    }
}
