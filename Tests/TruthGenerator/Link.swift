/// One connection with both its ends at hand and the truth about it.
final class Link {
    /// What is known of it so far.
    var row: TruthRow
    private let client: any Keeper
    private let server: any Keeper
    /// The descriptors in their own processes; the server's is missing until accepted.
    private(set) var clientSocket: Int
    private(set) var serverSocket: Int?

    /// Connects, with the socket given or a new one, and accepts unless told to leave it in the
    /// queue.
    init(
        name: String, _ route: Route, _ client: any Keeper, _ server: any Keeper, listener: Int?,
        port: Int, from: Int = 0, on socket: Int? = nil
    ) throws {
        self.client = client
        self.server = server
        row = TruthRow(
            name: name, family: route.family.rawValue, clientAddress: route.client,
            serverAddress: route.server)
        let place = [route.server, "\(port)"]
        let order = socket.map { ["dial", "\($0)"] + place } ?? ["connect"] + place + ["\(from)"]
        let reply = try client.perform(order)
        clientSocket = reply.values[0]
        row.clientPort = reply.values[1]
        row.serverPort = port
        row.clientPid = client.pid
        row.serverPid = server.pid
        row.connected = reply.bracket
        row.code = reply.code
        if let listener, reply.code == 0 { try accept(listener) }
    }

    /// A further connection of the same client's socket.
    init(again link: Link, name: String, listener: Int) throws {
        client = link.client
        server = link.server
        row = link.row
        clientSocket = link.clientSocket
        let port = "\(row.serverPort)"
        let reply = try client.perform(["dial", "\(clientSocket)", row.serverAddress, port])
        row.name = name
        row.clientPort = reply.values[1]
        row.connected = reply.bracket
        row.code = reply.code
        row.accepted = nil
        row.firstClose = nil
        row.secondClose = nil
        row.ended = nil
        row.closer = ""
        try accept(listener)
    }

    private func accept(_ listener: Int) throws {
        let reply = try server.perform(["accept", "\(listener)"])
        guard reply.code == 0 else { throw Failure("cannot accept: errno \(reply.code)") }
        serverSocket = reply.values[0]
        row.accepted = reply.bracket
    }

    /// Gives an order about the socket of one end.
    @discardableResult
    func order(_ end: String, _ verb: String, _ further: String...) throws -> Bracket {
        let keeper = end == "client" ? client : server
        let socket = end == "client" ? clientSocket : serverSocket ?? -1
        let reply = try keeper.perform([verb, "\(socket)"] + further)
        guard reply.code == 0 else {
            throw Failure("cannot \(verb) \(row.name), \(row.family): errno \(reply.code)")
        }
        return reply.bracket
    }

    /// One end closes, or does what the verb says.
    func closeFirst(_ end: String, _ verb: String = "close") throws {
        row.closer = end
        row.firstClose = try order(end, verb)
        if verb == "reset" || verb == "disconnect" { row.ended = row.firstClose }
    }

    /// The other end closes.
    func closeSecond(_ verb: String = "close") throws {
        row.secondClose = try order(row.closer == "client" ? "server" : "client", verb)
        row.ended = row.secondClose
    }

    /// Sends payload both ways, each read to its last octet.
    func talk(_ clientSends: Int, _ serverSends: Int) throws {
        try carry(clientSends, from: (client, clientSocket), to: (server, serverSocket ?? -1))
        try carry(serverSends, from: (server, serverSocket ?? -1), to: (client, clientSocket))
        row.clientSent = clientSends
        row.serverSent = serverSends
    }

    private func carry(
        _ octets: Int, from: (keeper: any Keeper, socket: Int),
        to: (keeper: any Keeper, socket: Int)
    ) throws {
        guard octets > 0 else { return }
        for (end, verb) in [(from, "send"), (to, "receive")] {
            let reply = try end.keeper.perform([verb, "\(end.socket)", "\(octets)"])
            guard reply.values == [octets] else {
                throw Failure("cannot \(verb) \(octets) octets: errno \(reply.code)")
            }
        }
    }
}
