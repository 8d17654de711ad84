import Glibc

/// Many short connections at an even rate, both ends in this process, payload both ways; a third
/// each is closed first by the client, by the server, and by a reset of either. The truth about
/// each is written once all are over, so that writing does not disturb.
struct Rapid {
    private let route: Route
    private let count: Int
    private let rate: Int
    private let lifetime: Int64
    private let netns: String?
    /// The server's port, 0 for any.
    private let port: Int
    private var rows: [TruthRow] = []
    /// Those that are open, oldest first.
    private var alive: [Alive] = []
    private var oldest = 0
    private var buffer = [UInt8](repeating: 0x2e, count: 65_536)

    private struct Alive {
        let row: Int
        let client: Int32
        let server: Int32
        let due: Int64
    }

    /// Reads how many, how fast, how long each.
    init(_ options: Options) {
        route = Route(Family(options), options)
        count = options.number("count", 5000)
        rate = max(1, options.number("rate", 1000))
        lifetime = Int64(options.number("lifetime-ms", 5)) * 1000
        netns = options.text("peer-netns")
        port = options.number("port", 0)
    }

    /// Makes them all and writes a row for each.
    mutating func run() throws {
        let listener = try listen()
        let target = try SocketAddress(route.server, port: UInt16(listener.port))
        rows.reserveCapacity(count)
        alive.reserveCapacity(count)
        let start = Moment.steady()
        var opened = 0
        while opened < count || oldest < alive.count {
            let now = Moment.steady()
            let next = opened < count ? start + Int64(opened) * 1_000_000 / Int64(rate) : .max
            let close = oldest < alive.count ? alive[oldest].due : .max
            if close <= now {
                end(alive[oldest])
                oldest += 1
            } else if next <= now {
                try open(opened, target, listener)
                opened += 1
            } else {
                Moment.wait(until: min(next, close))
            }
        }
        Output.line(TruthRow.header)
        Output.line(rows.map(\.line).joined(separator: "\n"))
    }

    /// The listener, in the other namespace if one is named: sockets stay where they were made.
    private func listen() throws -> (socket: Int32, port: Int) {
        let home = try netns.map { try Namespace.move(to: $0) }
        let reply = try SocketKeeper().perform(["listen", route.listen, "4096", "\(port)"])
        if let home { try Namespace.move(back: home) }
        return (Int32(reply.values[0]), reply.values[1])
    }

    private mutating func open(
        _ number: Int, _ target: SocketAddress, _ listener: (socket: Int32, port: Int)
    ) throws {
        var row = TruthRow(
            name: "rapid", family: route.family.rawValue, clientAddress: route.client,
            serverAddress: route.server)
        let client = try SocketKeeper.open(target.family)
        let before = Moment.now()
        let result = target.withPointer { connect(client, $0, $1) }
        let after = Moment.now()
        guard result == 0 else { throw Failure(call: "connect to", on: route.server) }
        let server = accept(listener.socket, nil, nil)
        row.accepted = Bracket(before: after, after: Moment.now())
        guard server >= 0 else { throw Failure(call: "accept at", on: route.server) }
        row.connected = Bracket(before: before, after: after)
        row.clientPort = SocketAddress.localPort(of: client)
        row.serverPort = listener.port
        row.clientPid = getpid()
        row.serverPid = getpid()
        row.clientSent = number % 4999 + 1
        row.serverSent = number * 7 % 9001
        try carry(number % 4999 + 1, client, server)
        try carry(number * 7 % 9001, server, client)
        rows.append(row)
        let due = after + lifetime - (Moment.now() - Moment.steady())
        alive.append(Alive(row: rows.count - 1, client: client, server: server, due: due))
    }

    private mutating func carry(_ octets: Int, _ from: Int32, _ to: Int32) throws {
        guard octets > 0 else { return }
        guard send(from, buffer, octets, 0) == octets,
            recv(to, &buffer, octets, Int32(MSG_WAITALL)) == octets
        else { throw Failure(call: "carry payload over", on: "a connection") }
    }

    private mutating func end(_ link: Alive) {
        let clientFirst = link.row % 3 == 0 || (link.row % 3 == 2 && link.row % 2 == 0)
        let isReset = link.row % 3 == 2
        let (first, second) = clientFirst ? (link.client, link.server) : (link.server, link.client)
        if isReset {
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(first, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        }
        let before = Moment.now()
        close(first)
        let between = Moment.now()
        close(second)
        let after = Moment.now()
        rows[link.row].name = isReset ? "rapid_reset" : "rapid_fin"
        rows[link.row].closer = clientFirst ? "client" : "server"
        rows[link.row].firstClose = Bracket(before: before, after: between)
        rows[link.row].secondClose = Bracket(before: between, after: after)
        rows[link.row].ended = isReset ? rows[link.row].firstClose : rows[link.row].secondClose
    }
}
