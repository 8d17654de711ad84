import Glibc

// Orders that only some endings need.
extension SocketKeeper {
    /// Carries out what the main list of orders does not know.
    func performMore(_ verb: String, _ order: Order, _ numbers: [Int32]) throws -> Reply {
        switch (verb, order.count) {
        case ("open", 3): return try opened(order[1], port: numbers[2])
        case ("patience", 3): return patience(numbers[1], milliseconds: numbers[2])
        case ("hurry", 2): return hurry(numbers[1])
        case ("send", 3): return send(numbers[1], Int(numbers[2]))
        case ("receive", 3): return receive(numbers[1], Int(numbers[2]))
        case ("failure", 2): return failure(numbers[1])
        case ("stray", 5):
            let stray = Stray(
                from: (order[1], Int(numbers[2])), to: (order[3], Int(numbers[4])))
            return Reply(bracket: try stray.send())
        default: throw Failure("an unknown order: \(order)")
        }
    }

    /// A socket for an address's family, bound to a port that others may use after it: -1 binds to
    /// none, 0 to any.
    private func opened(_ address: String, port: Int32) throws -> Reply {
        let family = try SocketAddress(address, port: 0).family
        let socket = try Self.open(family)
        guard port >= 0 else {
            return Reply(bracket: Bracket(before: 0, after: 0), values: [Int(socket), 0])
        }
        var one: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        let place = try SocketAddress(family == AF_INET ? "0.0.0.0" : "::", port: UInt16(port))
        var reply = timed { place.withPointer { bind(socket, $0, $1) } }
        reply.values = [Int(socket), SocketAddress.localPort(of: socket)]
        return reply
    }

    /// How long unanswered segments are sent again.
    private func patience(_ socket: Int32, milliseconds: Int32) -> Reply {
        var limit = UInt32(milliseconds)
        return timed { setsockopt(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit, 4) }
    }

    /// Calls no longer wait.
    private func hurry(_ socket: Int32) -> Reply {
        timed { fcntl(socket, F_SETFL, O_NONBLOCK) }
    }

    private func send(_ socket: Int32, _ octets: Int) -> Reply {
        let piece = [UInt8](repeating: 0x2e, count: octets)
        var sent = 0
        var reply = timed {
            sent = Glibc.send(socket, piece, octets, 0)
            return Int32(clamping: sent)
        }
        reply.values = [sent]
        return reply
    }

    private func receive(_ socket: Int32, _ octets: Int) -> Reply {
        var piece = [UInt8](repeating: 0, count: octets)
        var read = 0
        var reply = timed {
            read = recv(socket, &piece, octets, Int32(MSG_WAITALL))
            return Int32(clamping: read)
        }
        reply.values = [read]
        return reply
    }

    /// Waits, up to 10 s, until the socket is closed by itself, and tells why. To read SO_ERROR
    /// takes the error away: not before POLLHUP says that the kernel is done with it.
    private func failure(_ socket: Int32) -> Reply {
        var bracket = Bracket(before: Moment.now(), after: 0)
        for _ in 0..<10_000 {
            // What happens between a look and the next reading of the clock is not before that.
            let asked = Moment.now()
            var state = pollfd(fd: socket, events: 0, revents: 0)
            poll(&state, 1, 0)
            bracket.after = Moment.now()
            guard state.revents & Int16(POLLHUP) == 0 else {
                var code: Int32 = 0
                var size = socklen_t(4)
                getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
                return Reply(bracket: bracket, values: [Int(code)])
            }
            bracket.before = asked
            usleep(200)
        }
        return Reply(bracket: bracket, code: ETIMEDOUT)
    }
}
