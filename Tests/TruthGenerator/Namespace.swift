import Glibc

/// Which network namespace new sockets of this thread are made in.
enum Namespace {
    /// CLONE_NEWNET of <linux/sched.h>.
    private static let network: Int32 = 0x4000_0000

    /// Goes to another; gives a descriptor of the one before.
    static func move(to path: String) throws -> Int32 {
        let home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
        let other = open(path, O_RDONLY | O_CLOEXEC)
        guard home >= 0, other >= 0, try enter(other) == 0 else {
            throw Failure(call: "enter", on: path)
        }
        close(other)
        return home
    }

    /// Comes back.
    static func move(back home: Int32) throws {
        guard try enter(home) == 0 else { throw Failure(call: "come back to", on: "home") }
        close(home)
    }

    /// setns(2), which Glibc's module does not show to Swift.
    private static func enter(_ descriptor: Int32) throws -> Int32 {
        typealias Call = @convention(c) (Int32, Int32) -> Int32
        guard let symbol = dlsym(nil, "setns") else { throw Failure("no setns in the C library") }
        return unsafeBitCast(symbol, to: Call.self)(descriptor, network)
    }
}
