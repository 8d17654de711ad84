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
}
