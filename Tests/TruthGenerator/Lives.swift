import Glibc

/// Connections that begin spread over time and live as long as dice tell.
struct Lives {
    private var count: Int
    private var shortest: Int
    private var longest: Int
    /// ms from the first opening to the last.
    private var over: Int
    private var closer: String
    /// ms from the first end's close to the other's.
    private var linger: Int
    private var route: Route
    private var netns: String?
    private var dice: Dice

    /// Lives of `--min-ms` to `--max-ms`.
    init(_ options: Options) {
        count = options.number("count", 400)
        shortest = options.number("min-ms", 1000)
        longest = options.number("max-ms", 6000)
        over = options.number("over-ms", 10_000)
        closer = options.text("closer") ?? "mixed"
        linger = options.number("linger-ms", 5)
        route = Route(Family(options), options)
        netns = options.text("peer-netns")
        dice = Dice(state: UInt64(options.number("seed", 1)))
    }

    /// Lives of one length at an even rate.
    init(short options: Options) {
        self.init(options)
        count = options.number("count", 1000)
        shortest = options.number("lifetime-ms", 5)
        longest = shortest
        over = count * 1000 / max(1, options.number("rate", 200))
        closer = options.text("closer") == "self" ? "client" : "server"
        linger = 0
    }

    /// Makes them all and writes a row for each.
    func run() throws {
        var dice = dice
        let here = SocketKeeper()
        let there = try RemoteKeeper(netns: netns)
        let listener = try there.perform(["listen", route.listen, "4096"])
        let place = (listener: listener.values[0], port: listener.values[1])
        var agenda = Agenda()
        Output.line(TruthRow.header)
        for number in 0..<count {
            let life = dice.roll(shortest...max(shortest, longest))
            let first = closer == "mixed" ? ["client", "server"][dice.roll(0...1)] : closer
            let (route, linger) = (route, linger)
            agenda.after(count > 1 ? over * number / (count - 1) : 0) { agenda in
                let link = try Link(
                    name: "life", route, here, there, listener: place.listener,
                    port: place.port)
                agenda.after(life) { agenda in
                    try link.closeFirst(first)
                    agenda.after(linger) { _ in
                        try link.closeSecond()
                        Output.line(link.row.line)
                    }
                }
            }
        }
        try agenda.run()
        there.finish()
    }
}

/// A small generator of numbers that a seed decides (xorshift64*: Vigna, ACM TOMS 42, 2016).
struct Dice {
    private var state: UInt64

    /// Begins with a seed.
    init(state: UInt64) { self.state = state &* 0x9e37_79b9_7f4a_7c15 | 1 }

    /// A number within the range.
    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        let number = (state &* 0x2545_f491_4f6c_dd1d) >> 33
        return range.lowerBound + Int(number) % range.count
    }
}
