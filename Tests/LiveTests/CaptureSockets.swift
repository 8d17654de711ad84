import Glibc
import Model
import Testing

/// A TCP socket of the test, closed when it goes.
final class LoopbackSocket {
    private(set) var descriptor: Int32

    init(_ descriptor: Int32) throws {
        try #require(descriptor >= 0, "\(String(cString: strerror(errno)))")
        self.descriptor = descriptor
        // Programs that other tests start must not hold it too.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { finish() }

    /// Closes the socket once.
    func finish() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Closes with a reset.
    func abort() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        finish()
    }

    /// The inode as fstat(2) tells it.
    var inode: UInt64 {
        var status = stat()
        fstat(descriptor, &status)
        return UInt64(status.st_ino)
    }

    /// The cookie as getsockopt(2) tells it (SO_COOKIE).
    var cookie: UInt64 {
        var cookie: UInt64 = 0
        var length = socklen_t(8)
        getsockopt(descriptor, SOL_SOCKET, 57, &cookie, &length)
        return cookie
    }

    /// The local port as getsockname(2) tells it.
    var port: UInt16 {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(descriptor, $0, &length)
            }
        }
        return UInt16(bigEndian: address.sin6_port)
    }

    func send(_ count: Int) {
        let octets = [UInt8](repeating: 1, count: count)
        #expect(Glibc.send(descriptor, octets, count, 0) == count)
    }
}

/// A listener and one connection to it on the loopback interface.
struct LoopbackConnection {
    let listener: LoopbackSocket
    let client: LoopbackSocket
    let server: LoopbackSocket
    let kind: Kind
    /// The connection as its client names it.
    let tuple: FourTuple

    /// How the listener listens and the client connects.
    enum Kind: CaseIterable { case ipv4, ipv6, dualStack }

    init(_ kind: Kind = .ipv4) throws {
        listener = try LoopbackSocket(
            socket(kind == .ipv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0))
        client = try LoopbackSocket(
            socket(kind == .ipv6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try Self.call(bind, listener, kind == .ipv4, port: 0, any: kind == .dualStack)
        try #require(listen(listener.descriptor, 16) == 0)
        try Self.call(connect, client, kind != .ipv6, port: listener.port, any: false)
        server = try LoopbackSocket(accept(listener.descriptor, nil, nil))
        self.kind = kind
        let address = kind == .ipv6 ? IPAddress(high: 0, low: 1) : IPAddress(ipv4: 0x7f00_0001)
        tuple = FourTuple(
            local: Endpoint(address, client.port), peer: Endpoint(address, listener.port))
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ socket: LoopbackSocket,
        _ isIPv4: Bool, port: UInt16, any: Bool
    ) throws {
        var ipv4 = sockaddr_in()
        ipv4.sin_family = sa_family_t(AF_INET)
        ipv4.sin_port = port.bigEndian
        ipv4.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var ipv6 = sockaddr_in6()
        ipv6.sin6_family = sa_family_t(AF_INET6)
        ipv6.sin6_port = port.bigEndian
        ipv6.sin6_addr = any ? in6addr_any : in6addr_loopback
        let result = withUnsafePointer(to: &ipv4) { ipv4 in
            withUnsafePointer(to: &ipv6) { ipv6 in
                let pointer = isIPv4 ? UnsafeRawPointer(ipv4) : UnsafeRawPointer(ipv6)
                let length =
                    isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
                return function(
                    socket.descriptor, pointer.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(length))
            }
        }
        try #require(result == 0, "\(String(cString: strerror(errno)))")
    }
}

/// CLOCK_BOOTTIME, ns, read without the code under test.
func bootNanoseconds() -> Int64 {
    var moment = timespec()
    clock_gettime(CLOCK_BOOTTIME, &moment)
    return Int64(moment.tv_sec) * 1_000_000_000 + Int64(moment.tv_nsec)
}

/// What a program writes to its standard output.
func output(of command: String) throws -> String {
    let pipe = try #require(popen(command, "r"))
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&piece, 1, piece.count, pipe), count > 0 {
        text += piece[..<count]
    }
    try #require(pclose(pipe) == 0)
    return String(decoding: text, as: UTF8.self)
}
