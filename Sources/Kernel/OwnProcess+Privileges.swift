internal import CKernel
internal import Glibc
internal import Wire

extension OwnProcess {
    /// The effective capabilities, one bit each (<linux/capability.h>); nil where /proc does not
    /// tell.
    package static var capabilities: UInt64? {
        var files = Files()
        return files.content("/proc/self/status").flatMap {
            ProcessPrivileges(status: $0)?.effective
        }
    }

    /// The program's own file; nil where /proc does not tell.
    package static var executable: String? { Files.target("/proc/self/exe") }

    /// Gives up every capability that a recorder with open sources needs no more, in all threads,
    /// and that one is ever gained again. `needsBPF` where a map can only be changed with CAP_BPF.
    package static func keepRecordersPrivileges(
        enteringNamespaces: Bool, writing path: String, needsBPF: Bool
    ) throws(KernelError) {
        var kept: [ProcessPrivileges.Capability] = [.sysPtrace, .dacReadSearch]
        if enteringNamespaces { kept += [.sysAdmin, .netAdmin] }
        if needsBPF { kept.append(.bpf) }
        if !isWritable(path) || !isWritable(folder(of: path)) { kept.append(.dacOverride) }
        let bits = kept.reduce(0 as UInt64) { $0 | 1 << UInt64($1.rawValue) }
        try SystemCall.perform("give up", on: "capabilities") { keep_capabilities(bits) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Whether this user may write to a file or folder by its mode alone.
    private static func isWritable(_ path: String) -> Bool {
        var status = stat()
        // The path is a C string and the struct on the stack for the length of the call.
        guard unsafe stat(path, &status) == 0 else { return false }
        if status.st_uid == geteuid() { return status.st_mode & S_IWUSR != 0 }
        if status.st_gid == getegid() { return status.st_mode & S_IWGRP != 0 }
        return status.st_mode & S_IWOTH != 0
    }
}
