import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's events of an end")
struct EventsEndTests {
    /// A client that let the kernel choose its port without connecting yet: it gives the port back
    /// as it closes.
    private func client() throws -> LoopbackSocket {
        let client = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try #require(client.bind(port: 0) == 0)
        return client
    }

    @Test("carry the local port, though the socket has given it back")
    func ports() throws {
        var ends: (client: UInt64, server: UInt64) = (0, 0)
        var tuple: FourTuple?
        let tape = try EventsTape {
            let connection = try LoopbackConnection()
            tuple = connection.tuple
            ends = (connection.client.cookie, connection.server.cookie)
            connection.client.finish()
            usleep(5_000)
            connection.server.finish()
        }
        #expect(try tape.end(of: ends.client).tuple == tuple)
        #expect(try tape.end(of: ends.server).tuple == tuple?.mirrored)
        #expect(try tape.end(of: ends.client).final?.error == 0)
        #expect(try tape.end(of: ends.server).final?.error == 0)
    }

    @Test("carry both ends of a refused connection, and the refusal")
    func refused() throws {
        var cookie: UInt64 = 0
        var ports: (own: UInt16, closed: UInt16) = (0, 0)
        let tape = try EventsTape {
            let client = try client()
            (cookie, ports) = (client.cookie, (client.port, try EventsSourceTests.closedPort()))
            #expect(client.connect(port: ports.closed) == ECONNREFUSED)
        }
        let end = try tape.end(of: cookie)
        #expect(end.kind == .state(from: .synSent, to: .close))
        #expect(end.tuple.local.port == ports.own)
        #expect(end.tuple.peer.port == ports.closed)
        #expect(end.tuple.peer.address == IPAddress("127.0.0.1"))
        #expect(end.tuple.local.address == IPAddress("127.9.9.9"))
        #expect(end.final?.error == ECONNREFUSED)
    }

    /// A client that binds nothing, in a namespace where one port is all that it can get.
    private static func unbound(_ address: String) -> String {
        """
        unshare -n sh -c 'ip link set lo up
        echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range
        exec python3 -' <<'END'
        import socket, sys
        client = socket.socket(socket.AF_INET6 if ":" in "\(address)" else socket.AF_INET)
        assert client.connect_ex(("\(address)", 9)) == 111
        print(int.from_bytes(client.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder))
        END
        """
    }

    @Test(
        "carry both ends of a refused client that was never bound",
        arguments: [("127.0.0.1", "127.0.0.1"), ("127.0.0.2", "127.0.0.1"), ("::1", "::1")])
    func refusedUnbound(address: String, source: String) throws {
        let (tape, lines) = try EventsTape.listen(to: Self.unbound(address))
        let cookie = UInt64(try #require(lines.first?.first))
        // Where `ip route get` says that it is sent from.
        let tuple = FourTuple(
            local: Endpoint(try #require(IPAddress(source)), 40_000),
            peer: Endpoint(try #require(IPAddress(address)), 9))
        #expect(
            tape.story(of: cookie) == [
                "UNCONN>SYN-SENT", "reset in SYN-SENT", "SYN-SENT>UNCONN",
            ])
        #expect(try tape.event("reset in SYN-SENT", of: cookie).tuple == tuple)
        #expect(try tape.end(of: cookie).tuple == tuple)
    }

    @Test("carry both ends of an abort and of a disconnect, and which end failed by it")
    func aborted() throws {
        for disconnects in [false, true] {
            var ends: (client: UInt64, server: UInt64) = (0, 0)
            var tuple: FourTuple?
            let tape = try EventsTape {
                let connection = try LoopbackConnection()
                tuple = connection.tuple
                ends = (connection.client.cookie, connection.server.cookie)
                if disconnects {
                    #expect(connection.client.disconnect() == 0)
                } else {
                    connection.client.abort()
                }
            }
            let own = try tape.end(of: ends.client)
            #expect(own.tuple == tuple)
            #expect(own.final?.error == 0)
            #expect(try tape.event("reset sent in UNCONN", of: ends.client).tuple == tuple)
            let other = try tape.end(of: ends.server)
            #expect(other.tuple == tuple?.mirrored)
            #expect(other.final?.error == ECONNRESET)
        }
    }

    /// One port is all that clients have. It refuses one, serves another, and lacks for the first
    /// anew and for a third; then a fourth waits in vain for an answer.
    private static let exhausted = """
        unshare -n sh -c 'ip link set lo up
        echo 40000 40000 > /proc/sys/net/ipv4/ip_local_port_range
        exec python3 -' <<'END'
        import socket, sys
        listener = socket.create_server(("127.0.0.1", 4711), backlog=0)
        def attempt(client, port, expected):
            try:
                client.connect(("127.0.0.1", port))
            except OSError as error:
                assert error.errno == expected, error
            else:
                assert expected == 0
        def cookie(client):
            return int.from_bytes(client.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder)
        first, second, third, fourth = [socket.socket() for _ in range(4)]
        attempt(first, 9, 111)
        attempt(second, 4711, 0)
        attempt(first, 4711, 99)
        attempt(third, 4711, 99)
        open("/proc/sys/net/ipv4/ip_local_port_range", "w").write("40000 40009")
        fourth.setsockopt(6, 7, 1)
        attempt(fourth, 4711, 110)
        for each in first, second, third, fourth:
            print(cookie(each))
        END
        """

    @Test("tell an attempt that found no port from one that found no answer")
    func noPort() throws {
        var cookies: [UInt64] = []
        let tape = try EventsTape {
            cookies = try output(of: Self.exhausted).split(separator: "\n").compactMap {
                UInt64($0)
            }
        }
        try #require(cookies.count == 4)
        func ends(_ cookie: UInt64) -> [UInt16] {
            tape.of(cookie).filter { $0.final != nil }.map(\.tuple.local.port)
        }
        #expect(ends(cookies[0]) == [40_000, 0])
        #expect(ends(cookies[2]) == [0])
        let silent = try tape.end(of: cookies[3])
        #expect((40_001...40_009).contains(silent.tuple.local.port))
        #expect(silent.final?.error == ETIMEDOUT)
    }

    @Test("tell a child that ended before its handshake did")
    func unborn() throws {
        let script = """
            unshare -n sh -c 'ip link set lo up
            echo 1543 > /proc/sys/net/ipv4/tcp_fastopen
            exec python3 -' <<'END'
            \(EventsScripts.segments)
            listener = socket.create_server(("127.0.0.1", 4711))
            listener.setsockopt(socket.IPPROTO_TCP, 23, 16)
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
            raw.sendto(segment("127.0.0.1", "127.0.0.1", 2, 1000, 0, b"", b"octets"),
                ("127.0.0.1", 0))
            server = listener.accept()[0]
            print(int.from_bytes(server.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder))
            END
            """
        var text = ""
        let tape = try EventsTape { text = try output(of: script) }
        let cookie = try #require(UInt64(text.filter(\.isNumber)))
        #expect(tape.story(of: cookie) == ["reset in SYN-RECV", "SYN-RECV>UNCONN"])
        #expect(try tape.end(of: cookie).tuple.local.port == 4_711)
    }
}
