internal import Glibc
internal import Wire

/// Where network namespaces are found at one moment, by the inode of each.
struct NamespacePlaces {
    /// Where programs bind namespaces to names (ip-netns(8)), and where Docker does.
    static let folders = ["/run/netns", "/var/run/docker/netns"]

    /// Names in /run/netns.
    private(set) var names: [UInt64: String] = [:]
    /// A path that leads to each.
    private(set) var paths: [UInt64: String] = [:]
    /// The process that was found first in each.
    private(set) var processes: [UInt64: UInt64] = [:]
    /// Processes whose namespace is hidden.
    private(set) var hidden = 0

    /// The device of nsfs: other files have inodes of their own.
    private let device: (major: UInt32, minor: UInt32)

    /// Looks at everything that /proc and the folders show, and at further paths.
    init(
        in root: borrowing Directory, further: [String], device: (major: UInt32, minor: UInt32)
    ) {
        self.device = device
        for folder in Self.folders { lookInto(folder) }
        for path in further { add(path) }
        lookAtProcesses(root)
    }

    private mutating func lookInto(_ folder: String) {
        guard let directory = try? Directory(folder) else { return }
        for name in directory.names().sorted() {
            let inode = add("\(folder)/\(name)")
            if let inode, folder == Self.folders[0], names[inode] == nil { names[inode] = name }
        }
    }

    @discardableResult
    private mutating func add(_ path: String) -> UInt64? {
        guard let status = try? FileStatus(path), status.device == device else { return nil }
        paths[status.inode] = path
        return status.inode
    }

    /// One stat a process. It is cheap for a namespace of which a descriptor is held: otherwise
    /// the kernel makes and drops the inode each time.
    private mutating func lookAtProcesses(_ root: borrowing Directory) {
        let number = root.number
        // The names are not used, only the numbers.
        unsafe root.forEachNumber { _, process, _ in
            look(at: process, root: number)
            return true
        }
    }

    private mutating func look(at process: UInt64, root: Int32) {
        do {
            let status = try FileStatus("\(process)/ns/net", in: root)
            guard processes[status.inode] == nil else { return }
            processes[status.inode] = process
            if paths[status.inode] == nil { paths[status.inode] = "/proc/\(process)/ns/net" }
        } catch {
            // For a process that went the kernel also answers EACCES (proc_ns_get_link in
            // fs/proc/namespaces.c); one that is there hides its namespace.
            if error.isDenial, (try? FileStatus("\(process)", in: root)) != nil { hidden += 1 }
        }
    }
}
