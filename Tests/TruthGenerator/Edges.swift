/// Endings that need more than two calls: abandoned, unanswered and cut connections, and
/// TIME_WAITs that do not last. Changes settings of its network namespace: not for a host's own.
struct Edges {
    let options: Options
    let here = SocketKeeper()
    let there: RemoteKeeper

    /// Reads where the ends live.
    init(_ options: Options) throws {
        self.options = options
        guard options.has("settings") else {
            throw Failure("edges change settings of their network namespace; allow it: --settings")
        }
        there = try RemoteKeeper(netns: options.text("peer-netns"))
    }

    /// Where clients of one family find their server.
    struct Place {
        let route: Route
        let listener: Int
        let port: Int
    }

    /// Makes them one after the other and writes a row for each connection or attempt.
    func run() throws {
        Output.line(TruthRow.header)
        let loopback = try Setting("ipv4/tcp_tw_reuse_delay", "10")
        let reuse = try Setting("ipv4/tcp_tw_reuse", "1")
        for family in Family.allCases {
            let route = Route(family, options)
            let reply = try there.perform(["listen", route.listen, "64"])
            let place = Place(route: route, listener: reply.values[0], port: reply.values[1])
            try payload(place)
            try unread(place)
            try unanswered(place)
            try givenUp(place)
            try stalled(place)
            try cutOff(place)
            try reusedByClient(place)
            if family != .ipv6 { try cutShort(place) }
            try noPort(place)
            try noRoom(place)
        }
        try loopback.restore()
        try reuse.restore()
        there.finish()
    }

    /// Connects to the place's listener.
    func link(_ name: String, _ place: Place, from: Int = 0, on socket: Int? = nil) throws -> Link {
        try Link(
            name: name, place.route, here, there, listener: place.listener, port: place.port,
            from: from, on: socket)
    }

    /// A moment's rest, so that stays are told apart.
    func rest(_ milliseconds: Int64 = 20) {
        Moment.wait(until: Moment.steady() + milliseconds * 1000)
    }

    // MARK: Resets and payload

    /// Known payload both ways, then either end closes first.
    private func payload(_ place: Place) throws {
        for (number, end) in ["client", "server", "client", "server"].enumerated() {
            let link = try link("\(end)_payload", place)
            try link.talk(1 + number * 40_000, number == 2 ? 0 : 70_000 - number * 20_000)
            rest()
            try link.closeFirst(end)
            try link.closeSecond()
            Output.line(link.row.line)
        }
    }

    /// An end that closes with data unread resets (RFC 1122, section 4.2.2.13).
    private func unread(_ place: Place) throws {
        for end in ["client", "server"] {
            let link = try link("\(end)_unread", place)
            let other = end == "client" ? "server" : "client"
            try link.order(other, "send", "10")
            rest()
            try link.closeFirst(end)
            link.row.ended = link.row.firstClose
            Output.line(link.row.line)
            rest()
            try link.order(other, "close")
        }
    }
}
