import Glibc
import Kernel
import Model
import Testing

/// What the event source told while a test did something.
struct EventsTape {
    let events: [KernelEvent]
    let loss: EventLoss

    /// Listens while the body runs and until the kernel's last events are in.
    init(_ source: EventPump? = nil, while body: () throws -> Void) throws {
        let source = try source ?? EventPump()
        var told: [KernelEvent] = []
        try body()
        usleep(20_000)
        source.take { told += $0 }
        // Two processors may swap neighbours.
        events = told.sorted { $0.bootNanoseconds < $1.bootNanoseconds }
        loss = source.lost
    }

    /// What happened while a command ran, and the numbers in the lines that it wrote.
    static func listen(to command: String) throws -> (tape: EventsTape, lines: [[Int64]]) {
        var text = ""
        let tape = try EventsTape { text = try output(of: command) }
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: " ").compactMap { Int64($0) }
        }
        return (tape, lines)
    }

    /// The events of one socket.
    func of(_ cookie: UInt64) -> [KernelEvent] { events.filter { $0.cookie == cookie } }

    /// The events of one socket in short: `ESTAB>CLOSE-WAIT`, `reset in ESTAB`.
    func story(of cookie: UInt64) -> [String] { of(cookie).map { Self.text($0.kind) } }

    /// The same without timers.
    func transitions(of cookie: UInt64) -> [String] {
        story(of: cookie).filter { !$0.hasPrefix("timer") }
    }

    /// A socket's only transition to CLOSE.
    func end(of cookie: UInt64) throws -> KernelEvent {
        let found = of(cookie).filter { $0.final != nil }
        try #require(found.count == 1, "\(story(of: cookie))")
        return found[0]
    }

    /// The only event of a socket that reads so.
    func event(_ text: String, of cookie: UInt64) throws -> KernelEvent {
        let found = of(cookie).filter { Self.text($0.kind) == text }
        try #require(found.count == 1, "\(text) is not once in \(story(of: cookie))")
        return found[0]
    }

    private static func text(_ kind: KernelEvent.Kind) -> String {
        switch kind {
        case .state(let from, let to): "\(from.name)>\(to.name)"
        case .receivedReset(let state): "reset in \(state.name)"
        case .sentReset(let state): "reset sent in \(state.name)"
        case .timerStarted(let state, _): "timer started in \(state.name)"
        case .timerExpired(let state, _): "timer expired in \(state.name)"
        case .timerCancelled(let state, _): "timer cancelled in \(state.name)"
        }
    }
}

extension LoopbackSocket {
    /// The cookie of the socket's network namespace as getsockopt(2) tells it (SO_NETNS_COOKIE).
    var namespaceCookie: UInt64 {
        var cookie: UInt64 = 0
        var length = socklen_t(8)
        getsockopt(descriptor, SOL_SOCKET, 71, &cookie, &length)
        return cookie
    }
}

extension LoopbackSocket {
    /// Reads exactly so many octets.
    func receive(_ count: Int) throws {
        var octets = [UInt8](repeating: 0, count: count)
        let length = recv(descriptor, &octets, count, Int32(MSG_WAITALL))
        try #require(length == count)
    }

    /// Connects to a port of 127.0.0.1; 0 or the errno.
    func connect(port: UInt16) -> Int32 {
        address(port: port) { Glibc.connect(descriptor, $0, $1) }
    }

    /// Binds to a port of 127.9.9.9, where no other test's TIME_WAIT is in the way; 0 or the errno.
    func bind(port: UInt16) -> Int32 {
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
        return address(0x7f09_0909, port: port) { Glibc.bind(descriptor, $0, $1) }
    }

    /// Dissolves the connection and keeps the socket; 0 or the errno.
    func disconnect() -> Int32 {
        address(family: AF_UNSPEC, port: 0) { Glibc.connect(descriptor, $0, $1) }
    }

    private func address(
        _ number: UInt32 = 0x7f00_0001, family: Int32 = AF_INET, port: UInt16,
        _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var ipv4 = sockaddr_in()
        ipv4.sin_family = sa_family_t(family)
        ipv4.sin_port = port.bigEndian
        ipv4.sin_addr.s_addr = number.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &ipv4) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, length) }
        }
        return result == 0 ? 0 : errno
    }
}
