import GRDB
import Testing

extension Bench {
    /// Records while a Python program runs in the namespace, until a second after its end, and tells
    /// what the program said and what was found. One that is holding something is not waited for.
    fileprivate func findings(
        while program: String, isHolding: Bool = false, _ words: [String] = []
    ) async throws -> (said: [Int], found: [String: Evidence]) {
        let recorder = try await record(interval: "200ms", capture: "dumps+events")
        let prelude = """
            import errno, socket, sys, time
            def counter(name):
                lines = [line.split() for line in open('/proc/self/net/netstat')]
                return next(int(values[names.index(name)])
                    for names, values in zip(lines[::2], lines[1::2]) if name in names)
            def tell(*numbers):
                print(*numbers)
            listener = socket.socket()
            listener.bind(('127.0.0.1', 8080))

            """
        let subject = try start(["/usr/bin/python3", "-c", prelude + program])
        if isHolding {
            try await Task.sleep(for: .milliseconds(1500))
        } else if try await subject.wait() != 0 {
            throw BenchError(subject.errors)
        }
        try await Task.sleep(for: .milliseconds(1000))
        try await stop(recorder)
        let text = try await host(
            [try Self.product("socktape"), "findings", "--db", recording, "--format", "ndjson"]
                + words)
        return (
            subject.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) },
            try Evidence.read(text)
        )
    }
}

/// A finding's figures, read by SQLite.
private struct Evidence {
    var severity: String
    var title: String
    var figures: String

    static func read(_ text: String) throws -> [String: Evidence] {
        let sql = """
            SELECT json_extract(:line, '$.finding') AS kind, json_extract(:line, '$.severity'),
              json_extract(:line, '$.title'), json_extract(:line, '$.evidence')
            """
        var found: [String: Evidence] = [:]
        let database = try DatabaseQueue()
        for line in text.split(separator: "\n") {
            let row = try database.read {
                try Row.fetchOne($0, sql: sql, arguments: ["line": String(line)])
            }
            let cells = try #require(row)
            found[cells[0]] = Evidence(severity: cells[1], title: cells[2], figures: cells[3])
        }
        return found
    }

    subscript(name: String) -> Int? {
        get throws {
            try DatabaseQueue().read {
                try Int.fetchOne(
                    $0, sql: "SELECT json_extract(?, ?)", arguments: [figures, "$.\(name)"])
            }
        }
    }
}

@Suite("What goes wrong on a live kernel is found")
struct FindingsLiveTests {
    @Test
    func `An accept queue that nobody empties is found, with as many drops as the kernel counts`()
        async throws
    {
        try await Bench.run { bench in
            let (said, found) = try await bench.findings(
                while: """
                    listener.listen(1)
                    clients = [socket.socket() for _ in range(8)]
                    for client in clients:
                        client.setblocking(False)
                        client.connect_ex(('127.0.0.1', 8080))
                    time.sleep(2)
                    tell(counter('ListenOverflows'), counter('ListenDrops'))
                    # What is sent again after the count would be counted too.
                    for client in clients: client.close()
                    """)
            let finding = try #require(found["listen-overflow"])
            #expect(said[0] > 0)
            #expect(try finding["listen_overflows"] == said[0])
            #expect(try finding["listen_drops"] == said[1])
            #expect(finding.figures.contains("python3 on :8080 (2 of 1)"))
        }
    }

    @Test func `A process that does not close what its peers closed is found`() async throws {
        try await Bench.run { bench in
            let (_, found) = try await bench.findings(
                while: """
                    listener.listen(64)
                    held = []
                    for _ in range(12):
                        client = socket.create_connection(('127.0.0.1', 8080))
                        held.append(listener.accept()[0])
                        client.close()
                    time.sleep(60)
                    """, isHolding: true, ["--threshold", "close-wait-age=500ms"])
            let finding = try #require(found["close-wait-leak"])
            #expect(try finding["still_there"] == 12)
            #expect(finding.title.hasPrefix("python3 (pid "))
            #expect(found["stuck-fin-wait-2"] == nil)
        }
    }

    @Test
    func `A TIME-WAIT table that is full is found, with as many overflows as the kernel counts`()
        async throws
    {
        try await Bench.run { bench in
            try await bench.inside(["sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=10"])
            let (said, found) = try await bench.findings(
                while: """
                    listener.listen(64)
                    for _ in range(40):
                        client = socket.create_connection(('127.0.0.1', 8080))
                        server = listener.accept()[0]
                        client.close(); server.close()
                    time.sleep(0.5)
                    tell(counter('TCPTimeWaitOverflow'))
                    """)
            let finding = try #require(found["time-wait-limit"])
            #expect(finding.severity == "warning")
            #expect(said[0] > 0)
            #expect(try finding["time_wait_overflow"] == said[0])
            #expect(try finding["tcp_max_tw_buckets"] == 10)
        }
    }

    @Test func `A burst of refused connects is found, each of them`() async throws {
        try await Bench.run { bench in
            let (_, found) = try await bench.findings(
                while: """
                    for _ in range(50):
                        assert socket.socket().connect_ex(('127.0.0.1', 9)) == errno.ECONNREFUSED
                    """)
            let finding = try #require(found["failed-connects"])
            #expect(finding.severity == "critical")
            #expect(finding.title == "Connects to 127.0.0.1:9 were refused")
            #expect(try finding["failed"] == 50)
            #expect(found["port-exhaustion"] == nil)
        }
    }

    @Test func `Ports that ran out are found, held ones and waiting ones`() async throws {
        try await Bench.run { bench in
            try await bench.inside(["sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40019"])
            try await bench.inside(["sysctl", "-qw", "net.ipv4.tcp_tw_reuse=0"])
            let (_, found) = try await bench.findings(
                while: """
                    listener.listen(64)
                    held = []
                    for index in range(20):
                        client = socket.create_connection(('127.0.0.1', 8080))
                        server = listener.accept()[0]
                        if index < 12:
                            held += [client, server]
                        else:
                            client.close(); server.close()
                    try:
                        socket.create_connection(('127.0.0.1', 8080))
                        sys.exit('a port was free')
                    except OSError as error:
                        assert error.errno == errno.EADDRNOTAVAIL, error
                    time.sleep(1)
                    """)
            let finding = try #require(found["port-exhaustion"])
            #expect(finding.severity == "critical")
            #expect(try finding["ports"] == 20)
            // The peak is first reached when the last one opens, which then goes into TIME-WAIT.
            #expect(try finding["held"] == 13)
            #expect(try finding["waiting"] == 7)
            #expect(try finding["not_sent"] == 1)
        }
    }
}
