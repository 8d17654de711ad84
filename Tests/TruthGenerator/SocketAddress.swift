import Glibc

/// An address and port in the kernel's form.
struct SocketAddress {
    /// AF_INET or AF_INET6.
    let family: Int32
    private var storage = sockaddr_in6()
    private var size: Int

    /// From an address in text.
    init(_ address: String, port: UInt16) throws {
        if address.contains(":") {
            family = AF_INET6
            size = MemoryLayout<sockaddr_in6>.size
            storage.sin6_family = sa_family_t(AF_INET6)
            storage.sin6_port = port.bigEndian
            guard inet_pton(AF_INET6, address, &storage.sin6_addr) == 1 else {
                throw Failure("not an address: \(address)")
            }
        } else {
            family = AF_INET
            size = MemoryLayout<sockaddr_in>.size
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = port.bigEndian
            guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else {
                throw Failure("not an address: \(address)")
            }
            withUnsafeMutableBytes(of: &storage) { bytes in
                withUnsafeBytes(of: &place) { bytes.copyMemory(from: $0) }
            }
        }
    }

    /// Lends the form that bind and connect take.
    func withPointer<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(size))
            }
        }
    }

    /// The port that a socket is bound to, 0 for none.
    static func localPort(of socket: Int32) -> Int {
        var place = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &size)
            }
        }
        return result == 0 ? Int(UInt16(bigEndian: place.sin6_port)) : 0
    }
}
