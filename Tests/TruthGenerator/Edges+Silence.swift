import Glibc

// Ends that no segment of the peer brings about.
extension Edges {
    /// A listener whose queue is full and thus answers no SYN; the queued connection is none of
    /// the truth's business until it is closed.
    private func deaf(_ place: Place) throws -> (listener: Int, port: Int, filler: Link) {
        let reply = try there.perform(["listen", place.route.listen, "0"])
        let filler = try Link(
            name: "queued", place.route, here, there, listener: nil, port: reply.values[1])
        return (reply.values[0], reply.values[1], filler)
    }

    /// The queue and what waits in it go: the filler is reset by the listener's end.
    private func dismiss(_ listener: Int, _ filler: Link) throws {
        let bracket = try there.perform(["close", "\(listener)"]).bracket
        filler.row.closer = "server"
        filler.row.firstClose = bracket
        filler.row.ended = bracket
        Output.line(filler.row.line)
        rest()
        try filler.order("client", "close")
    }

    /// Nobody answers the SYN; TCP_USER_TIMEOUT ends the attempt with the first timer, after 1 s.
    func unanswered(_ place: Place) throws {
        let deaf = try deaf(place)
        let socket = try here.perform(["open", place.route.server, "-1"]).values[0]
        _ = try here.perform(["patience", "\(socket)", "500"])
        let link = try Link(
            name: "unanswered", place.route, here, there, listener: nil, port: deaf.port,
            on: socket)
        guard link.row.code == ETIMEDOUT else {
            throw Failure("connect did not time out: errno \(link.row.code)")
        }
        // The timer, of 1 s to a jiffy, ended the attempt, and connect() returned when this process
        // was given a processor again.
        if let bracket = link.row.connected {
            link.row.ended = Bracket(before: bracket.before + 990_000, after: bracket.after)
        }
        Output.line(link.row.line)
        try link.order("client", "close")
        try dismiss(deaf.listener, deaf.filler)
    }

    /// Nobody answers the SYN, and the application gives up first.
    func givenUp(_ place: Place) throws {
        let deaf = try deaf(place)
        let socket = try here.perform(["open", place.route.server, "0"])
        _ = try here.perform(["hurry", "\(socket.values[0])"])
        let link = try Link(
            name: "given_up", place.route, here, there, listener: nil, port: deaf.port,
            on: socket.values[0])
        rest(50)
        try link.closeFirst("client")
        link.row.ended = link.row.firstClose
        Output.line(link.row.line)
        try dismiss(deaf.listener, deaf.filler)
    }

    /// The peer reads nothing for longer than TCP_USER_TIMEOUT. The peer's end does not hear of it:
    /// it resets when it closes with data unread.
    func stalled(_ place: Place) throws {
        let link = try link("stalled", place)
        try link.order("client", "patience", "300")
        try link.order("client", "fill")
        try expectFailure(link, errno: ETIMEDOUT)
        try link.closeSecond()
        Output.line(link.row.line)
    }

    /// The peer's address goes away under an established connection, and comes back later.
    func cutOff(_ place: Place) throws {
        guard let cable = options.text("cable"), let netns = options.text("peer-netns") else {
            return
        }
        let link = try link("cut_off", place)
        try link.talk(100, 100)
        try link.order("client", "patience", "500")
        let isSix = place.route.family == .ipv6
        let words = [place.route.server + (isSix ? "/64" : "/24"), "dev", cable]
        let ip = ["/usr/bin/nsenter", "--net=\(netns)", "/usr/sbin/ip", "address"]
        try Child.call(ip + ["delete"] + words)
        try link.order("client", "send", "10")
        link.row.clientSent = nil
        try expectFailure(link, errno: ETIMEDOUT)
        try Child.call(ip + ["add"] + words + (isSix ? ["nodad"] : []))
        rest(50)
        try link.closeSecond()
        Output.line(link.row.line)
    }

    /// Waits for the client's end to fail by itself.
    private func expectFailure(_ link: Link, errno: Int32) throws {
        let reply = try here.perform(["failure", "\(link.clientSocket)"])
        guard reply.values == [Int(errno)] else {
            throw Failure("\(link.row.name): errno \(reply.values) instead of \(errno)")
        }
        link.row.code = errno
        link.row.closer = "client"
        link.row.firstClose = reply.bracket
        try link.order("client", "close")
    }

    /// The only port that the client may use is taken: connect() fails before a SYN is sent.
    func noPort(_ place: Place) throws {
        let link = try link("holder", place)
        let port = link.row.clientPort
        let range = try Setting("ipv4/ip_local_port_range", "\(port) \(port)")
        defer { try? range.restore() }
        let failed = try Link(
            name: "no_port", place.route, here, there, listener: nil, port: place.port)
        guard failed.row.code == EADDRNOTAVAIL else {
            throw Failure("connect found a port: errno \(failed.row.code)")
        }
        failed.row.ended = failed.row.connected
        Output.line(failed.row.line)
        try failed.order("client", "close")
        try link.closeFirst("server")
        try link.closeSecond()
        Output.line(link.row.line)
    }
}
