internal import Glibc
package import Model
internal import Wire

/// Finds the host's network namespaces, and goes into them.
///
/// Inodes are used again at once, so that one is trusted only while a descriptor of its namespace
/// is held. A held descriptor keeps the namespace alive: when no process lives in it and no path
/// names it any more, the next scan lets go of everything.
package final class NamespaceDirectory {
    /// What a missing privilege hides, each said once.
    package private(set) var notes: [SourceNote] = []
    /// The recorder's own namespace.
    package let own: NamespaceFacts

    private static let ownPath = "/proc/thread-self/ns/net"

    private let root: Directory
    private let ownDescriptor: Descriptor
    private let device: (major: UInt32, minor: UInt32)
    private var known: [UInt64: Known] = [:]
    /// Namespaces that cannot be entered, by inode, as long as they are seen.
    private var refused: Set<UInt64> = []
    private var further: [String] = []

    /// Opens /proc and finds the recorder's own namespace.
    package init() throws(KernelError) {
        root = try Directory("/proc")
        ownDescriptor = try Descriptor(opening: Self.ownPath)
        let status = try FileStatus(descriptor: ownDescriptor.number)
        device = status.device
        let cookie = try? NamespaceCookie.current()
        own = NamespaceFacts(cookie: cookie ?? 0, inode: status.inode)
        known[own.inode] = Known(own, NamespaceDoor())
    }

    /// Every namespace that a process lives in or that a path names, by cookie, the recorder's own
    /// among them. Costs a stat a process.
    package func scan() -> [NamespaceFacts] {
        let places = NamespacePlaces(in: root, further: further, device: device)
        noteHidden(places.hidden)
        drop(missingFrom: places)
        for (inode, path) in places.paths where known[inode] == nil {
            guard !refused.contains(inode) else { continue }
            meet(path)
        }
        for (inode, found) in known {
            let process = inode == own.inode ? nil : places.processes[inode]
            found.facts.name = places.names[inode] ?? found.name(by: process)
        }
        return known.values.map(\.facts).sorted { $0.cookie < $1.cookie }
    }

    /// Goes in, once: what is given keeps its descriptors until a scan no longer finds the
    /// namespace.
    package func open(_ namespace: NamespaceFacts) throws(KernelError) -> LinuxNamespace {
        guard let found = known[namespace.inode], found.facts.cookie == namespace.cookie else {
            throw KernelError(
                call: "enter", object: "the network namespace \(namespace.label)", errno: ENOENT,
                message: "it is gone")
        }
        if let opened = found.opened { return opened }
        let opened = try Self.open(found, isOwn: namespace.inode == own.inode)
        found.opened = opened
        return opened
    }

    private static func open(_ found: Known, isOwn: Bool) throws(KernelError) -> LinuxNamespace {
        do {
            return try LinuxNamespace(found.facts, behind: found.door)
        } catch {
            guard isOwn else { throw error }
            return try LinuxNamespace(own: found.facts, table: .procTCP(ProcTCP()))
        }
    }

    /// Lets go of what is not seen any more. The recorder itself lives in its own.
    private func drop(missingFrom places: NamespacePlaces) {
        refused.formIntersection(places.paths.keys)
        for (inode, found) in known where places.paths[inode] == nil && inode != own.inode {
            known[inode] = nil
            found.opened?.leave()
            found.door.close()
        }
    }

    /// Opens what a path leads to, which may be another namespace than a moment ago.
    private func meet(_ path: String) {
        guard let descriptor = try? Descriptor(opening: path),
            let status = try? FileStatus(descriptor: descriptor.number), status.device == device,
            known[status.inode] == nil
        else { return }
        let door = NamespaceDoor(descriptor)
        do {
            let cookie = try door.inside { () throws(KernelError) in
                try NamespaceCookie.current()
            }
            let facts = NamespaceFacts(cookie: cookie, inode: status.inode)
            known[status.inode] = Known(facts, door)
        } catch {
            refused.insert(status.inode)
            note("\(error)")
        }
    }

    private func noteHidden(_ count: Int) {
        guard count > 0, !notes.contains(where: { $0.reason.hasPrefix(Self.hidden) }) else {
            return
        }
        let remedy =
            OwnProcess.userID == 0
            ? "this root user has fewer capabilities" : "run as root or with CAP_SYS_PTRACE"
        let processes = count == 1 ? "1 process" : "\(count) processes"
        note("\(Self.hidden) of \(processes); \(remedy)")
    }

    private static let hidden = "cannot see the network namespace"

    private func note(_ reason: String) {
        let note = SourceNote(source: "netns", reason: reason)
        if !notes.contains(note) { notes.append(note) }
    }

    /// A namespace that is held.
    private final class Known {
        var facts: NamespaceFacts
        let door: NamespaceDoor
        weak var opened: LinuxNamespace?
        private var named: (process: UInt64, name: String?)?

        init(_ facts: NamespaceFacts, _ door: NamespaceDoor) {
            self.facts = facts
            self.door = door
        }

        /// What the cgroup of the first process in it names: its container, or its service. A name
        /// once found stays; each process is asked once.
        func name(by process: UInt64?) -> String? {
            guard let process, named?.name == nil, named?.process != process else {
                return named?.name
            }
            var files = Files()
            let cgroup = files.content("/proc/\(process)/cgroup").map(ProcessCgroup.init)
            let unit = cgroup?.unit.flatMap { $0.hasSuffix(".slice") ? nil : $0 }
            named = (process, cgroup?.container ?? unit)
            return named?.name
        }
    }
}

extension NamespaceDirectory {
    /// The namespace that a person means: by its name, by a path, by its inode as the number or as
    /// `net:[4026531840]`, or by a process that lives in it. A path stays in the scans from now on.
    package func find(_ text: String) throws(KernelError) -> NamespaceFacts {
        if text.contains("/") && !further.contains(text) { further.append(text) }
        let all = scan()
        if let found = all.first(where: { $0.name == text }) { return found }
        let places = places(of: text)
        if let found = all.first(where: { $0.inode == places }) { return found }
        if text.contains("/") { further.removeAll { $0 == text } }
        throw unknown(text, all)
    }

    /// The inode that a text other than a name stands for. Inodes of nsfs are larger than process
    /// ids can be.
    private func places(of text: String) -> UInt64? {
        if text.contains("/") { return try? FileStatus(text).inode }
        let isLink = text.hasPrefix("net:[") && text.hasSuffix("]")
        let digits = isLink ? text.dropFirst(5).dropLast() : text[...]
        guard let number = UInt64(digits) else { return nil }
        let isProcess = !isLink && number <= Self.largestProcess
        return isProcess ? try? FileStatus("\(number)/ns/net", in: root.number).inode : number
    }

    /// PID_MAX_LIMIT of <linux/threads.h>.
    private static let largestProcess: UInt64 = 1 << 22
    private static let namedInErrors = 5

    private func unknown(_ text: String, _ all: [NamespaceFacts]) -> KernelError {
        let some = all.prefix(Self.namedInErrors).map(\.label).joined(separator: ", ")
        let more = all.count > Self.namedInErrors ? ", …" : ""
        let hidden = notes.first.map { "; \($0.reason)" } ?? ""
        return KernelError(
            call: "find", object: "the network namespace \(text)", errno: ENOENT,
            message: "no process or name leads to it",
            remedy: "try one of \(some)\(more)\(hidden)")
    }
}

extension NamespaceFacts {
    /// The name, or the inode where there is none.
    fileprivate var label: String { name ?? "\(inode)" }
}
