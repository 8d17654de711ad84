// TIME_WAITs that do not last 60 s.
extension Edges {
    /// The client's own TIME_WAIT gives way to its next connection (tcp_tw_reuse).
    func reusedByClient(_ place: Place) throws {
        let first = try here.perform(["open", place.route.server, "0"]).values
        let link = try link("client_reused", place, on: first[0])
        rest()
        try link.closeFirst("client")
        try link.closeSecond()
        Output.line(link.row.line)
        // The delay that allows it is told in steps of a second where it is not a setting.
        rest(1200)
        let second = try here.perform(["open", place.route.server, "\(first[1])"]).values
        let next = try self.link("client_reuses", place, on: second[0])
        rest()
        try next.closeFirst("server")
        try next.closeSecond()
        Output.line(next.row.line)
    }

    /// A reset ends a TIME_WAIT at either end.
    func cutShort(_ place: Place) throws {
        for end in ["client", "server"] {
            let link = try link("\(end)_cut_short", place)
            rest()
            try link.closeFirst(end)
            try link.closeSecond()
            rest()
            let client = [place.route.client, "\(link.row.clientPort)"]
            let server = [place.route.server, "\(link.row.serverPort)"]
            link.row.cut =
                end == "client"
                ? try there.perform(["stray"] + server + client).bracket
                : try here.perform(["stray"] + client + server).bracket
            Output.line(link.row.line)
        }
    }

    /// TIME_WAIT's table has no room: the connection ends without one. The table's limit is that of
    /// the namespace where the end lives.
    func noRoom(_ place: Place) throws {
        let limit = try Setting("ipv4/tcp_max_tw_buckets", "1")
        defer { try? limit.restore() }
        for number in 0..<3 {
            let link = try link("no_room", place)
            try link.talk(10 + number, 20 + number)
            rest()
            try link.closeFirst("client")
            try link.closeSecond()
            Output.line(link.row.line)
        }
    }
}
