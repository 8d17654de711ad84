internal import CKernel
internal import Glibc

/// A socket of the family NETLINK_SOCK_DIAG, bound to a port that the kernel chose.
struct NetlinkSocket: ~Copyable {
    /// What one receive brought.
    enum Reception {
        /// This many octets from the kernel, whole.
        case octets(Int)
        /// A datagram that did not fit: so long it was.
        case truncated(Int)
        /// Nothing, with this errno.
        case failed(Int32)
    }

    private static let object = "a sock_diag socket"
    private let descriptor: Descriptor
    /// The netlink port by which the kernel answers.
    let port: UInt32

    /// Opens and binds the socket. Answers that take longer than the timeout fail with EAGAIN.
    init(receiveBuffer: Int32, timeoutSeconds: Int = 5) throws(KernelError) {
        let opened = try Self.open()
        port = try Self.bind(opened.number)
        Self.enlarge(opened.number, to: receiveBuffer)
        Self.limitWait(opened.number, seconds: timeoutSeconds)
        descriptor = opened
    }

    private static func open() throws(KernelError) -> Descriptor {
        let answer = SystemCall.attempt {
            socket(
                AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
                NETLINK_SOCK_DIAG)
        }
        guard answer.succeeded else { throw refusal("open", answer.errno) }
        return Descriptor(owning: Int32(answer.value))
    }

    /// The number of the descriptor.
    var number: Int32 { descriptor.number }

    /// Joins a multicast group: what the kernel sends to it arrives from now on.
    func join(_ group: Int32) throws(KernelError) {
        var group = group
        let number = descriptor.number
        let length = socklen_t(MemoryLayout<Int32>.size)
        // The option's value is on the stack for the length of the call.
        let answer = SystemCall.attempt {
            unsafe setsockopt(number, Self.netlinkLevel, NETLINK_ADD_MEMBERSHIP, &group, length)
        }
        guard answer.succeeded else { throw Self.refusal("join a group by", answer.errno) }
    }

    /// SOL_NETLINK, which Glibc hides from Swift.
    private static let netlinkLevel: Int32 = 270

    /// Sends one request to the kernel.
    func send(_ request: [UInt8]) throws(KernelError) {
        let number = descriptor.number
        let answer = unsafe request.withUnsafeBytes { octets in
            // The array's storage outlives the call.
            SystemCall.attempt {
                unsafe Glibc.send(number, octets.baseAddress, octets.count, 0)
            }
        }
        guard answer.succeeded else { throw Self.refusal("ask", answer.errno) }
    }

    /// Receives one datagram of the kernel; those of other senders are dropped. Without waiting it
    /// fails with EAGAIN when there is none.
    func receive(into buffer: inout [UInt8], waits: Bool = true) -> Reception {
        let number = descriptor.number
        let flags = Int32(MSG_TRUNC) | (waits ? 0 : Int32(MSG_DONTWAIT))
        while true {
            var sender = sockaddr_nl()
            let answer = unsafe buffer.withUnsafeMutableBytes { octets in
                unsafe Self.receive(number, octets, &sender, flags)
            }
            guard answer.succeeded else { return .failed(answer.errno) }
            guard sender.nl_pid == 0 else { continue }
            return answer.value > buffer.count ? .truncated(answer.value) : .octets(answer.value)
        }
    }

    /// MSG_TRUNC makes the kernel tell the true length.
    private static func receive(
        _ number: Int32, _ octets: UnsafeMutableRawBufferPointer, _ sender: inout sockaddr_nl,
        _ flags: Int32
    ) -> SystemCall.Answer {
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        // Both buffers outlive the call; a netlink address is what a netlink socket fills in.
        return unsafe withUnsafeMutablePointer(to: &sender) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                SystemCall.attempt {
                    unsafe recvfrom(
                        number, octets.baseAddress, octets.count, flags, address, &length)
                }
            }
        }
    }

    private static func bind(_ number: Int32) throws(KernelError) -> UInt32 {
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        // The address is on the stack for the length of the calls.
        let answer = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let bound = SystemCall.attempt { unsafe Glibc.bind(number, address, length) }
                guard bound.succeeded else { return bound }
                return SystemCall.attempt { unsafe getsockname(number, address, &length) }
            }
        }
        guard answer.succeeded else { throw refusal("bind", answer.errno) }
        return address.nl_pid
    }

    /// Beyond net.core.rmem_max only with CAP_NET_ADMIN: a smaller buffer is no failure.
    private static func enlarge(_ number: Int32, to octets: Int32) {
        var octets = octets
        let length = socklen_t(MemoryLayout<Int32>.size)
        // The option's value is on the stack for the length of the calls.
        let forced = unsafe setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &octets, length)
        if forced != 0 { _ = unsafe setsockopt(number, SOL_SOCKET, SO_RCVBUF, &octets, length) }
    }

    private static func limitWait(_ number: Int32, seconds: Int) {
        var wait = timeval(tv_sec: seconds, tv_usec: 0)
        let length = socklen_t(MemoryLayout<timeval>.size)
        // The option's value is on the stack for the length of the call.
        _ = unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &wait, length)
    }

    private static func refusal(_ call: String, _ number: Int32) -> KernelError {
        KernelError(call: call, object: object, errno: number, remedy: remedy(number))
    }

    private static func remedy(_ number: Int32) -> String? {
        switch number {
        case EPROTONOSUPPORT, ENOENT:
            "load the kernel module tcp_diag (modprobe tcp_diag), or record from /proc"
        // EAFNOSUPPORT is what systemd's filter answers.
        case EPERM, EACCES, EAFNOSUPPORT:
            "allow AF_NETLINK in the sandbox (RestrictAddressFamilies), or record from /proc"
        default: nil
        }
    }
}
