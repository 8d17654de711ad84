import Glibc

/// As many connections as a rate asks for, counted and not listed: several processes, each with
/// both ends of its own. A third each is closed first by the client, by the server, by a reset.
struct Churn {
    private let options: Options
    private let rate: Int
    private let seconds: Int
    private let processes: Int

    /// Reads how many a second, and how long.
    init(_ options: Options) {
        self.options = options
        rate = options.number("rate", 20_000)
        seconds = options.number("seconds", 30)
        processes = max(1, options.number("processes", 2))
    }

    /// Starts the processes and sums up: connections, failures, processor time in µs.
    func run() throws {
        let children = try (0..<processes).map { number in
            try Child([
                "churner", "--rate", "\(rate / processes)", "--seconds", "\(seconds)", "--number",
                "\(number)", "--lifetime-us", "\(options.number("lifetime-us", 2000))",
                "--fin", options.has("fin") ? "1" : "0",
            ])
        }
        for child in children where try child.receive() != "ready" {
            throw Failure("process \(child.pid) cannot begin")
        }
        let begin = Moment.now()
        for child in children { child.send("go") }
        var sums = [0, 0, 0]
        for child in children {
            let numbers = try child.receive().split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 3 else { throw Failure("a process said \(numbers)") }
            for index in 0..<3 { sums[index] += numbers[index] }
        }
        let end = Moment.now()
        for child in children { child.finish() }
        Output.line("connections,failures,cpu_us,begin_us,end_us")
        Output.line((sums + [Int(begin), Int(end)]).map(String.init).joined(separator: ","))
    }

    /// One process: waits for a line, then opens and closes at its rate.
    func runAlone() throws {
        var churner = try Churner(options)
        Output.line("ready")
        guard readLine() != nil else { return }
        Output.line(try churner.run())
        while readLine() != nil {}
    }
}

/// One process of `Churn`.
private struct Churner {
    private let rate: Int
    private let seconds: Int
    private let lifetime: Int64
    private let onlyFin: Bool
    private let listener: Int32
    /// Many addresses of loopback, so that the ports of one last.
    private var targets: [SocketAddress] = []
    /// Client, server and when to close them: a ring, oldest first.
    private var alive: [(client: Int32, server: Int32, due: Int64)]
    private var oldest = 0
    private var failures = 0

    init(_ options: Options) throws {
        rate = max(1, options.number("rate", 10_000))
        seconds = options.number("seconds", 30)
        lifetime = Int64(options.number("lifetime-us", 2000))
        onlyFin = options.number("fin", 0) == 1
        let reply = try SocketKeeper().perform(["listen", "0.0.0.0", "4096"])
        listener = Int32(reply.values[0])
        let number = options.number("number", 0) % 100
        for host in 1...250 {
            let address = "127.0.\(number + 1).\(host)"
            targets.append(try SocketAddress(address, port: UInt16(reply.values[1])))
        }
        alive = []
        alive.reserveCapacity(rate * seconds + 1)
    }

    mutating func run() throws -> String {
        let start = Moment.steady()
        let total = rate * seconds
        var opened = 0
        while opened < total || oldest < alive.count {
            let now = Moment.steady()
            let next = opened < total ? start + Int64(opened) * 1_000_000 / Int64(rate) : .max
            let due = oldest < alive.count ? alive[oldest].due : .max
            if due <= now {
                end(oldest)
                oldest += 1
            } else if next <= now {
                open(opened)
                opened += 1
            } else {
                Moment.wait(until: min(next, due))
            }
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let cpu =
            (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + Int(usage.ru_utime.tv_usec) + Int(usage.ru_stime.tv_usec)
        return "\(total - failures) \(failures) \(cpu)"
    }

    private mutating func open(_ number: Int) {
        let type = Int32(SOCK_STREAM.rawValue)
        let client = socket(AF_INET, type, 0)
        let target = targets[number % targets.count]
        guard target.withPointer({ connect(client, $0, $1) }) == 0 else {
            failures += 1
            close(client)
            return
        }
        let server = accept(listener, nil, nil)
        alive.append((client, server, Moment.steady() + lifetime))
    }

    private func end(_ index: Int) {
        let link = alive[index]
        if index % 3 == 2, !onlyFin {
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                link.client, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        }
        let clientFirst = index % 3 != 1
        close(clientFirst ? link.client : link.server)
        close(clientFirst ? link.server : link.client)
    }
}
