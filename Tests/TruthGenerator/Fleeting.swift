import Glibc

/// Connections whose client's process is gone as soon as they are: each of a process of its own,
/// of another user, that lives for some milliseconds.
struct Fleeting {
    private let options: Options
    private let route: Route

    /// Reads how many and of which user.
    init(_ options: Options) {
        self.options = options
        route = Route(Family(options), options)
    }

    /// Makes one after the other and writes a row for each.
    func run() throws {
        let keeper = SocketKeeper()
        let listener = try keeper.perform(["listen", route.listen, "64"]).values
        Output.line(TruthRow.header)
        for _ in 0..<options.number("count", 100) {
            let words = [
                "once", "--to", route.server, "--port", "\(listener[1])", "--uid",
                "\(options.number("uid", 0))", "--lifetime-us",
                "\(options.number("lifetime-us", 1000))",
            ]
            let child = try Child(words)
            var row = TruthRow(
                name: "fleeting", family: route.family.rawValue, clientAddress: route.client,
                serverAddress: route.server)
            let accepted = try keeper.perform(["accept", "\(listener[0])"])
            row.accepted = accepted.bracket
            _ = try keeper.perform(["drain", "\(accepted.values[0])"])
            row.secondClose = try keeper.perform(["close", "\(accepted.values[0])"]).bracket
            let numbers = try child.receive().split(separator: " ").compactMap { Int64($0) }
            child.finish()
            guard numbers.count == 5 else { throw Failure("the client said \(numbers)") }
            row.connected = Bracket(before: numbers[1], after: numbers[2])
            row.firstClose = Bracket(before: numbers[3], after: numbers[4])
            row.ended = row.secondClose
            row.clientPort = Int(numbers[0])
            row.serverPort = listener[1]
            row.clientPid = child.pid
            row.serverPid = keeper.pid
            row.closer = "client"
            (row.clientSent, row.serverSent) = (10, 0)
            Output.line(row.line)
        }
    }

    /// One connection's client: connects, sends, waits, closes, tells, ends.
    func runOnce() throws {
        guard setuid(uid_t(options.number("uid", 0))) == 0 else {
            throw Failure(call: "become", on: "user \(options.number("uid", 0))")
        }
        let keeper = SocketKeeper()
        let port = "\(options.number("port", 0))"
        let reply = try keeper.perform(["connect", route.server, port, "0"])
        guard reply.code == 0 else { throw Failure("cannot connect: errno \(reply.code)") }
        _ = try keeper.perform(["send", "\(reply.values[0])", "10"])
        usleep(UInt32(options.number("lifetime-us", 1000)))
        let end = try keeper.perform(["close", "\(reply.values[0])"]).bracket
        let numbers = [
            Int64(reply.values[1]), reply.bracket.before, reply.bracket.after, end.before,
            end.after,
        ]
        Output.line(numbers.map(String.init).joined(separator: " "))
    }
}
