import Glibc

/// An order to a keeper of sockets, in words that a pipe can carry.
typealias Order = [String]

/// What an order brought.
struct Reply {
    /// Around the one call that matters.
    var bracket: Bracket
    /// 0, or the errno of the call.
    var code: Int32 = 0
    /// What the order returns: descriptors, ports.
    var values: [Int] = []
}

/// One that holds sockets and does with them as told: in this process or in another.
protocol Keeper: AnyObject {
    /// The process that holds the sockets.
    var pid: Int32 { get }
    /// Carries an order out.
    func perform(_ order: Order) throws -> Reply
}

/// Holds sockets in its own process.
final class SocketKeeper: Keeper {
    let pid = getpid()

    func perform(_ order: Order) throws -> Reply {
        let numbers = order.map { Int32($0) ?? 0 }
        guard let verb = order.first else { throw Failure("an empty order") }
        switch (verb, order.count) {
        case ("listen", 3): return try listen(order[1], backlog: numbers[2], port: 0)
        case ("listen", 4): return try listen(order[1], backlog: numbers[2], port: numbers[3])
        case ("connect", 4): return try connect(order[1], numbers[2], from: numbers[3])
        case ("dial", 4): return try dial(numbers[1], order[2], numbers[3])
        case ("disconnect", 2): return disconnect(numbers[1])
        case ("accept", 2): return try accept(numbers[1])
        case ("shutdown", 2): return timed { shutdown(numbers[1], Int32(SHUT_WR)) }
        case ("close", 2): return timed { close(numbers[1]) }
        case ("reset", 2): return reset(numbers[1])
        case ("fill", 2): return fill(numbers[1])
        case ("drain", 2): return drain(numbers[1])
        default: return try performMore(verb, order, numbers)
        }
    }

    // MARK: Opening

    /// `*` is every address of both families.
    private func listen(_ address: String, backlog: Int32, port: Int32) throws -> Reply {
        let place = try SocketAddress(address == "*" ? "::" : address, port: UInt16(port))
        let listener = try Self.open(place.family)
        var zero: Int32 = 0
        if address == "*" {
            setsockopt(listener, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &zero, 4)
        }
        guard place.withPointer({ bind(listener, $0, $1) }) == 0 else {
            throw Failure(call: "bind to", on: address)
        }
        var reply = timed { Glibc.listen(listener, backlog) }
        reply.values = [Int(listener), SocketAddress.localPort(of: listener)]
        return reply
    }

    /// A port to connect from, or 0 for any.
    private func connect(_ address: String, _ port: Int32, from: Int32) throws -> Reply {
        let place = try SocketAddress(address, port: UInt16(port))
        let socket = try Self.open(place.family)
        if from != 0 {
            var one: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, 4)
            let any = place.family == AF_INET ? "0.0.0.0" : "::"
            let here = try SocketAddress(any, port: UInt16(from))
            guard here.withPointer({ bind(socket, $0, $1) }) == 0 else {
                throw Failure(call: "bind to port", on: "\(from)")
            }
        }
        return dial(socket, place)
    }

    private func dial(_ socket: Int32, _ address: String, _ port: Int32) throws -> Reply {
        dial(socket, try SocketAddress(address, port: UInt16(port)))
    }

    private func dial(_ socket: Int32, _ place: SocketAddress) -> Reply {
        var reply = timed { place.withPointer { Glibc.connect(socket, $0, $1) } }
        reply.values = [Int(socket), SocketAddress.localPort(of: socket)]
        return reply
    }

    private func accept(_ listener: Int32) throws -> Reply {
        var socket: Int32 = -1
        var reply = timed {
            socket = Glibc.accept(listener, nil, nil)
            return socket
        }
        reply.values = [Int(socket)]
        return reply
    }

    /// A new socket, kept from children.
    static func open(_ family: Int32) throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(family, type, 0)
        guard socket >= 0 else { throw Failure(call: "open", on: "a socket") }
        return socket
    }

    // MARK: Ending

    private func disconnect(_ socket: Int32) -> Reply {
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        return timed { Glibc.connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size)) }
    }

    private func reset(_ socket: Int32) -> Reply {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        return timed { close(socket) }
    }

    /// Sends until the peer, who does not read, takes no more.
    private func fill(_ socket: Int32) -> Reply {
        let piece = [UInt8](repeating: 0x2e, count: 65_536)
        var sent = 0
        var stalls = 0
        var reply = timed {
            while stalls < 20 {
                let count = send(socket, piece, piece.count, Int32(MSG_DONTWAIT))
                sent += max(count, 0)
                stalls = count > 0 ? 0 : stalls + 1
                if count <= 0 { usleep(1000) }
            }
            return 0
        }
        reply.values = [sent]
        return reply
    }

    /// Reads to the end of what the peer sent.
    private func drain(_ socket: Int32) -> Reply {
        var piece = [UInt8](repeating: 0, count: 65_536)
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        var total = 0
        var reply = timed {
            var count = 1
            while count > 0 {
                count = recv(socket, &piece, piece.count, 0)
                total += max(count, 0)
            }
            return Int32(count)
        }
        reply.values = [total]
        return reply
    }

    func timed(_ call: () -> Int32) -> Reply {
        let before = Moment.now()
        let result = call()
        let code = result < 0 ? errno : 0
        return Reply(bracket: Bracket(before: before, after: Moment.now()), code: code)
    }
}
