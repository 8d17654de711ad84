internal import Glibc

/// The number of a network namespace that is never given again before the next boot.
enum NamespaceCookie {
    /// SO_NETNS_COOKIE of <asm-generic/socket.h>, since Linux 5.14; Glibc's headers may lack it.
    private static let option: Int32 = 71
    private static let object = "a socket for its namespace's cookie"

    /// That of the calling thread's namespace.
    static func current() throws(KernelError) -> UInt64 {
        let opened = try SystemCall.perform("open", on: object) {
            socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        }
        let descriptor = Descriptor(owning: Int32(opened))
        let number = descriptor.number
        var cookie: UInt64 = 0
        var length = socklen_t(MemoryLayout<UInt64>.size)
        // Both values are on the stack for the length of the call.
        let asked = SystemCall.attempt {
            unsafe getsockopt(number, SOL_SOCKET, option, &cookie, &length)
        }
        guard asked.succeeded else {
            throw KernelError(
                call: "ask", object: object, errno: asked.errno, remedy: "run Linux 5.14 or later")
        }
        return cookie
    }
}
