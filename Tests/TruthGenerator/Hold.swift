import Glibc

/// Connections that stay as they are, held by several processes: both ends in one process.
struct Hold {
    private let count: Int
    private let processes: Int
    private let seconds: Int
    private let family: Family

    /// Reads how many and how long.
    init(_ options: Options) {
        count = options.number("count", 1000)
        processes = max(1, options.number("processes", 1))
        seconds = options.number("seconds", 60)
        family = Family(options)
    }

    /// Starts the holders, says `ready` when all connections are open, waits.
    func run() throws {
        let children = try (0..<processes).map { number in
            let share = count * (number + 1) / processes - count * number / processes
            let flag = ["ipv6": ["--ipv6"], "dual": ["--dual-stack"]][family.rawValue] ?? []
            return try Child(["holder", "--count", "\(share)"] + flag)
        }
        for child in children where try child.receive() != "ready" {
            throw Failure("process \(child.pid) cannot open its connections")
        }
        Output.line("ready")
        Moment.wait(until: Moment.steady() + Int64(seconds) * 1_000_000)
        for child in children { child.finish() }
    }

    /// Holds connections until standard input ends.
    func holdAlone() throws {
        let keeper = SocketKeeper()
        let listener = try keeper.perform(["listen", family.listenAddress, "4096"])
        for _ in 0..<count {
            let port = "\(listener.values[1])"
            let reply = try keeper.perform(["connect", family.address, port, "0"])
            guard reply.code == 0 else { throw Failure("cannot connect: errno \(reply.code)") }
            let other = try keeper.perform(["accept", "\(listener.values[0])"])
            guard other.code == 0 else { throw Failure("cannot accept: errno \(other.code)") }
        }
        Output.line("ready")
        while readLine() != nil {}
    }
}
