/// Every way to end that dumps can see or must not be fooled by, each over each family, all at
/// once. Every stay is held for `--hold-ms`, so that samples more frequent than that see it.
struct Endings {
    private let hold: Int
    private let here = SocketKeeper()
    private let there: RemoteKeeper
    private let options: Options

    /// Reads how long to hold.
    init(_ options: Options) throws {
        self.options = options
        hold = options.number("hold-ms", 2500)
        there = try RemoteKeeper(netns: options.text("peer-netns"))
    }

    /// Makes them all and writes a row for each connection or attempt.
    func run() throws {
        var agenda = Agenda()
        Output.line(TruthRow.header)
        for (number, family) in Family.allCases.enumerated() {
            // Apart from each other, so that no step waits for another's.
            agenda.after(number * 150) { agenda in
                let route = Route(family, options)
                let reply = try there.perform(["listen", route.listen, "64"])
                let place = Place(
                    route: route, listener: reply.values[0], port: reply.values[1])
                try begin(place, &agenda)
            }
        }
        try agenda.run()
        there.finish()
    }

    /// Where clients of one family find their server.
    private struct Place {
        let route: Route
        let listener: Int
        let port: Int
    }

    private func begin(_ place: Place, _ agenda: inout Agenda) throws {
        for end in ["client", "server"] {
            try close(place, end, &agenda)
            try halfClose(place, end, &agenda)
            try reset(place, end, &agenda)
            try abandon(place, end, &agenda)
        }
        try together(place, &agenda)
        try refused(place)
        try unaccepted(place, &agenda)
        try reused(place, &agenda)
        try again(place, &agenda)
    }

    private func link(_ name: String, _ place: Place, from: Int = 0) throws -> Link {
        try Link(
            name: name, place.route, here, there, listener: place.listener, port: place.port,
            from: from)
    }

    // MARK: One end first

    /// One end closes, the other some time later.
    private func close(_ place: Place, _ end: String, _ agenda: inout Agenda) throws {
        let link = try link("\(end)_first", place)
        agenda.after(hold) { agenda in
            try link.closeFirst(end)
            agenda.after(hold) { _ in
                try link.closeSecond()
                Output.line(link.row.line)
            }
        }
    }

    /// One end sends no more but would still read; the other closes some time later.
    private func halfClose(_ place: Place, _ end: String, _ agenda: inout Agenda) throws {
        let link = try link("\(end)_half_close", place)
        agenda.after(hold) { agenda in
            try link.closeFirst(end, "shutdown")
            agenda.after(hold) { agenda in
                try link.closeSecond()
                Output.line(link.row.line)
                agenda.after(hold) { _ in try link.order(end, "close") }
            }
        }
    }

    private func reset(_ place: Place, _ end: String, _ agenda: inout Agenda) throws {
        let link = try link("\(end)_reset", place)
        agenda.after(hold) { agenda in
            try link.closeFirst(end, "reset")
            Output.line(link.row.line)
            agenda.after(hold) { _ in
                try link.order(end == "client" ? "server" : "client", "close")
            }
        }
    }

    /// One end closes and the other does not for longer than tcp_fin_timeout, if that is 4 s.
    private func abandon(_ place: Place, _ end: String, _ agenda: inout Agenda) throws {
        let link = try link("\(end)_abandoned", place)
        agenda.after(hold) { agenda in
            try link.closeFirst(end)
            agenda.after(hold + 6000) { _ in
                try link.closeSecond()
                Output.line(link.row.line)
            }
        }
    }

    // MARK: Special cases

    /// Both ends close before either's FIN arrives: each FIN waits behind data that the other does
    /// not read. The client reads first and sees the server's FIN before its own is acknowledged.
    private func together(_ place: Place, _ agenda: inout Agenda) throws {
        let link = try link("together", place)
        agenda.after(hold) { agenda in
            try link.order("client", "fill")
            try link.order("server", "fill")
            try link.closeFirst("client", "shutdown")
            try link.closeSecond("shutdown")
            link.row.closer = "both"
            agenda.after(hold) { agenda in
                try link.order("client", "drain")
                agenda.after(hold) { agenda in
                    link.row.ended = try link.order("server", "drain")
                    Output.line(link.row.line)
                    agenda.after(hold) { _ in
                        try link.order("client", "close")
                        try link.order("server", "close")
                    }
                }
            }
        }
    }

    /// Nothing listens on the port any more.
    private func refused(_ place: Place) throws {
        let reply = try there.perform(["listen", place.route.server, "1"])
        _ = try there.perform(["close", "\(reply.values[0])"])
        let link = try Link(
            name: "refused", place.route, here, there, listener: nil, port: reply.values[1])
        try link.order("client", "close")
        Output.line(link.row.line)
    }

    /// The listener closes with connections that nobody accepted: they are reset.
    private func unaccepted(_ place: Place, _ agenda: inout Agenda) throws {
        let reply = try there.perform(["listen", place.route.listen, "8"])
        let links = try (0..<3).map { _ in
            try Link(
                name: "unaccepted", place.route, here, there, listener: nil,
                port: reply.values[1])
        }
        agenda.after(hold) { agenda in
            let bracket = try there.perform(["close", "\(reply.values[0])"]).bracket
            for link in links {
                link.row.closer = "server"
                link.row.firstClose = bracket
                link.row.ended = bracket
                Output.line(link.row.line)
            }
            agenda.after(hold) { _ in
                for link in links { try link.order("client", "close") }
            }
        }
    }

    /// The client's port comes back while the server's end is still in TIME_WAIT.
    private func reused(_ place: Place, _ agenda: inout Agenda) throws {
        let link = try link("reused_first", place)
        agenda.after(hold) { agenda in
            try link.closeFirst("server")
            try link.closeSecond()
            Output.line(link.row.line)
            agenda.after(hold) { agenda in
                let next = try self.link("reused_second", place, from: link.row.clientPort)
                agenda.after(hold) { _ in
                    try next.closeFirst("client")
                    try next.closeSecond()
                    Output.line(next.row.line)
                }
            }
        }
    }

    /// A socket is dissolved by `connect(AF_UNSPEC)` and connects anew: one cookie, two lives.
    private func again(_ place: Place, _ agenda: inout Agenda) throws {
        let link = try link("reconnect_first", place)
        agenda.after(hold) { agenda in
            try link.closeFirst("client", "disconnect")
            Output.line(link.row.line)
            let next = try Link(again: link, name: "reconnect_second", listener: place.listener)
            agenda.after(hold) { _ in
                try next.closeFirst("server")
                try next.closeSecond()
                Output.line(next.row.line)
                try link.order("server", "close")
            }
        }
    }
}
