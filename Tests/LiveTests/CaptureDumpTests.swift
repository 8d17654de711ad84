import Glibc
import Kernel
import Model
import Testing

@Suite("A dump of the kernel's sockets")
struct CaptureDumpTests {
    private func dump(_ source: SockDiag) -> (rows: [SocketRow], outcome: DumpOutcome) {
        var rows: [SocketRow] = []
        let outcome = source.dump { rows += $1 }
        return (rows, outcome)
    }

    private func row(_ tuple: FourTuple, in rows: [SocketRow]) throws -> SocketRow {
        try #require(rows.first { $0.tuple == tuple })
    }

    @Test(
        "shows both ends of a connection as their owner knows them",
        arguments: LoopbackConnection.Kind.allCases)
    func bothEnds(kind: LoopbackConnection.Kind) throws {
        let connection = try LoopbackConnection(kind)
        connection.client.send(100)
        let (rows, outcome) = dump(try SockDiag())
        #expect(outcome.failure == nil)
        #expect(outcome.rows == rows.count)
        let client = try row(connection.tuple, in: rows)
        let server = try row(connection.tuple.mirrored, in: rows)
        #expect(client.state == .established)
        #expect(server.state == .established)
        #expect(client.inode == connection.client.inode)
        #expect(server.inode == connection.server.inode)
        #expect(client.cookie == connection.client.cookie)
        #expect(server.cookie == connection.server.cookie)
        #expect(client.uid == getuid())
        #expect(server.receiveQueue == 100)
        #expect(server.info?.bytesReceived == 100)
        #expect(client.info?.bytesSent == 100)
    }

    @Test("shows a listener with its backlog")
    func listener() throws {
        let connection = try LoopbackConnection()
        let (rows, _) = dump(try SockDiag())
        let listener = try #require(rows.first { $0.inode == connection.listener.inode })
        #expect(listener.state == .listen)
        #expect(listener.sendQueue == 16)
        #expect(listener.receiveQueue == 0)
        #expect(listener.tuple.peer.port == 0)
    }

    @Test("shows the states of a half-closed connection")
    func halfClosed() throws {
        let connection = try LoopbackConnection()
        #expect(shutdown(connection.client.descriptor, Int32(SHUT_WR)) == 0)
        usleep(20_000)
        let (rows, _) = dump(try SockDiag())
        #expect(try row(connection.tuple, in: rows).state == .finWait2)
        #expect(try row(connection.tuple, in: rows).isMiniSocket == false)
        #expect(try row(connection.tuple.mirrored, in: rows).state == .closeWait)
    }

    @Test("tells from TIME_WAIT's timer when it was entered, to a jiffy and a bit")
    func timeWait() throws {
        let connection = try LoopbackConnection()
        let cookie = connection.client.cookie
        connection.client.finish()
        usleep(20_000)
        let before = bootNanoseconds()
        connection.server.finish()
        let after = bootNanoseconds()
        usleep(50_000)
        var found: (window: BootWindow, row: SocketRow)?
        _ = try SockDiag().dump { window, rows in
            found = rows.first { $0.tuple == connection.tuple }.map { (window, $0) } ?? found
        }
        let (window, row) = try #require(found)
        #expect(row.state == .timeWait)
        #expect(row.isMiniSocket)
        #expect(row.cookie == cookie)
        let age = (60_000 - Int64(row.expiresMilliseconds)) * 1_000_000
        let tolerance = 2 * row.timerGranuleMicroseconds * 1_000 + 2_000_000
        #expect(window.latest - age >= before - tolerance)
        #expect(window.earliest - age <= after + tolerance)
    }

    @Test("covers what was there from before the call until after it, in ordered windows")
    func windows() throws {
        let connections = try (0..<400).map { _ in try LoopbackConnection() }
        let source = try SockDiag()
        let before = bootNanoseconds()
        var windows: [BootWindow] = []
        var seen: Set<UInt64> = []
        let outcome = source.dump { window, rows in
            windows.append(window)
            seen.formUnion(rows.map(\.inode))
        }
        let after = bootNanoseconds()
        #expect(windows.count > 2)
        #expect(connections.allSatisfy { seen.contains($0.client.inode) })
        #expect(before <= outcome.window.earliest && outcome.window.latest <= after)
        #expect(windows.first?.earliest == outcome.window.earliest)
        for window in windows {
            #expect(window.earliest < window.latest)
            #expect(outcome.window.earliest <= window.earliest)
            #expect(window.latest <= outcome.window.latest)
        }
        for (earlier, later) in zip(windows, windows.dropFirst()) {
            #expect(earlier.earliest < later.earliest && earlier.latest < later.latest)
        }
    }

    @Test("shows what ss shows, of the sockets that hold still")
    func sameAsSS() throws {
        let connections = try LoopbackConnection.Kind.allCases.flatMap { kind in
            try (0..<20).map { _ in try LoopbackConnection(kind) }
        }
        connections[0].client.finish()
        connections[1].server.finish()
        usleep(20_000)
        let ends = Set(
            connections.flatMap { connection in
                [text(connection.tuple), text(connection.tuple.mirrored), connection.listenerText]
            })
        let (rows, _) = dump(try SockDiag())
        let ours = rows.filter { ends.contains(text($0.tuple)) }.map {
            "\($0.state.name) \($0.receiveQueue) \($0.sendQueue) \(text($0.tuple))"
        }
        let theirs = try output(of: "ss -Htan").split(separator: "\n").map { plain(String($0)) }
            .filter { fields in ends.contains(fields[3...].joined(separator: " ")) }
        #expect(ours.count == 180)
        #expect(Set(ours) == Set(theirs.map { $0.joined(separator: " ") }))
        withExtendedLifetime(connections) {}
    }

    /// The fields of a line of ss, with mapped addresses as IPv4 and one word for every address.
    private func plain(_ line: String) -> [Substring] {
        line.replacing("[::ffff:127.0.0.1]", with: "127.0.0.1").replacing("[::]:", with: "*:")
            .split(separator: " ")
    }

    private func text(_ tuple: FourTuple) -> String { "\(tuple.local.text) \(tuple.peer.text)" }

    @Test("can follow another, and the next after it")
    func again() throws {
        let connection = try LoopbackConnection()
        let source = try SockDiag()
        for _ in 0..<3 {
            let (rows, outcome) = dump(source)
            #expect(outcome.failure == nil)
            #expect(try row(connection.tuple, in: rows).cookie == connection.client.cookie)
        }
    }

    @Test("from /proc shows the same sockets, without cookies")
    func proc() throws {
        let connection = try LoopbackConnection(.dualStack)
        connection.client.send(100)
        var rows: [SocketRow] = []
        let outcome = ProcTCP().dump { rows += $1 }
        #expect(outcome.failure == nil)
        let server = try row(connection.tuple.mirrored, in: rows)
        #expect(server.inode == connection.server.inode)
        #expect(server.receiveQueue == 100)
        #expect(server.cookie == 0)
        #expect(try row(connection.tuple, in: rows).state == .established)
        #expect(
            ProcTCP().find(connection.tuple, cookie: 0)
                == .found(try row(connection.tuple, in: rows)))
    }
}

extension Endpoint {
    /// As ss writes it.
    fileprivate var text: String {
        let port = port == 0 ? "*" : "\(port)"
        switch address.family {
        case .ipv4: return "\(address):\(port)"
        case .ipv6: return address.isUnspecified ? "*:\(port)" : "[\(address)]:\(port)"
        }
    }
}

extension LoopbackConnection {
    /// The listener's ends as ss writes them.
    fileprivate var listenerText: String {
        switch kind {
        case .ipv4: "127.0.0.1:\(listener.port) 0.0.0.0:*"
        case .ipv6: "[::1]:\(listener.port) *:*"
        case .dualStack: "*:\(listener.port) *:*"
        }
    }
}
