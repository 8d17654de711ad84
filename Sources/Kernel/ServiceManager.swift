internal import Glibc

/// The service manager that started this process and wants to hear how it fares (sd_notify(3)).
package struct ServiceManager: Sendable {
    private let address: String
    /// Within which it wants to hear of this process again and again, ns; nil: never.
    package let watchdogNanoseconds: Int64?

    /// By $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID; nil where none wants to hear anything.
    package init?(environment: [String: String]) {
        guard let address = environment["NOTIFY_SOCKET"], let first = address.first,
            first == "/" || first == "@",
            address.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        self.address = address
        let isMine = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogNanoseconds = isMine && microseconds > 0 ? microseconds * 1000 : nil
    }

    /// Tells it lines such as `READY=1`. What cannot be told is nobody's loss.
    package func tell(_ lines: String) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let opened = SystemCall.attempt { Glibc.socket(AF_UNIX, kind, 0) }
        guard opened.succeeded else { return }
        let socket = Descriptor(owning: Int32(opened.value))
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var octets = Array(address.utf8)
        // A name that begins with @ is not of the file system (unix(7)).
        if octets.first == 0x40 { octets[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: octets) }
        let length = MemoryLayout<sa_family_t>.size + octets.count
        let message = Array(lines.utf8)
        let number = socket.number
        // Name and message are on the stack for the length of the call.
        _ = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe sendto(
                    number, message, message.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT),
                    address, socklen_t(length))
            }
        }
    }
}
