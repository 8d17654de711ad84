internal import Glibc
internal import Model

extension HostFacts {
    /// SO_NETNS_COOKIE of <asm-generic/socket.h>, since Linux 5.14; Glibc's headers may lack it.
    private static let namespaceCookieOption: Int32 = 71

    /// What the kernel says of this host and of the caller's network namespace.
    static func current() -> HostFacts {
        var files = Files()
        return HostFacts(
            hostname: files.text("/proc/sys/kernel/hostname") ?? "",
            bootID: files.text("/proc/sys/kernel/random/boot_id") ?? "",
            kernelRelease: files.text("/proc/sys/kernel/osrelease") ?? "",
            netnsCookie: namespaceCookie(), netnsInode: namespaceInode(),
            jiffyMicroseconds: KernelClock.jiffyMicroseconds(),
            ticksPerSecond: Int64(sysconf(Int32(_SC_CLK_TCK))))
    }

    private static func namespaceCookie() -> UInt64? {
        let answer = SystemCall.attempt {
            socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        guard answer.succeeded else { return nil }
        let descriptor = Descriptor(owning: Int32(answer.value))
        let number = descriptor.number
        var cookie: UInt64 = 0
        var length = socklen_t(MemoryLayout<UInt64>.size)
        // Both values are on the stack for the length of the call.
        let asked = SystemCall.attempt {
            unsafe getsockopt(number, SOL_SOCKET, namespaceCookieOption, &cookie, &length)
        }
        return asked.succeeded ? cookie : nil
    }

    private static func namespaceInode() -> UInt64? {
        var status = stat()
        // The struct is on the stack for the length of the call.
        let asked = SystemCall.attempt { unsafe stat("/proc/self/ns/net", &status) }
        return asked.succeeded ? UInt64(status.st_ino) : nil
    }
}
