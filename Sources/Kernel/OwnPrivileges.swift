package import Wire

/// The capabilities that this process can make use of.
package enum OwnPrivileges {
    /// Those in force now; nil when /proc does not tell.
    package static func current() -> ProcessPrivileges? {
        var files = Files()
        return files.content("/proc/self/status").flatMap(ProcessPrivileges.init)
    }
}
