internal import Glibc
internal import Model

extension HostFacts {
    /// What the kernel says of this host and of the caller's network namespace.
    static func current() -> HostFacts {
        var files = Files()
        return HostFacts(
            hostname: files.text("/proc/sys/kernel/hostname") ?? "",
            bootID: files.text("/proc/sys/kernel/random/boot_id") ?? "",
            kernelRelease: files.text("/proc/sys/kernel/osrelease") ?? "",
            netnsCookie: try? NamespaceCookie.current(),
            netnsInode: try? FileStatus("/proc/self/ns/net").inode,
            jiffyMicroseconds: KernelClock.jiffyMicroseconds(),
            ticksPerSecond: Int64(sysconf(Int32(_SC_CLK_TCK))))
    }
}
