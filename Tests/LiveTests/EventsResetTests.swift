import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's events of resets")
struct EventsResetTests {
    @Test("tell at which end a reset arrived")
    func abort() throws {
        var ends: (client: UInt64, server: UInt64) = (0, 0)
        let tape = try EventsTape {
            let connection = try LoopbackConnection()
            ends = (connection.client.cookie, connection.server.cookie)
            connection.client.send(10)
            connection.client.abort()
        }
        #expect(
            tape.story(of: ends.client) == [
                "UNCONN>SYN-SENT", "SYN-SENT>ESTAB", "ESTAB>UNCONN", "reset sent in UNCONN",
            ])
        #expect(
            tape.story(of: ends.server) == [
                "SYN-RECV>ESTAB", "reset in ESTAB", "ESTAB>UNCONN",
            ])
        let client = try tape.event("ESTAB>UNCONN", of: ends.client)
        #expect(client.pid == getpid())
        #expect(client.final?.bytesSent == 10)
        let server = try tape.event("ESTAB>UNCONN", of: ends.server)
        #expect(server.final?.bytesReceived == 10)
    }

    @Test("tell a refused connection")
    func refused() throws {
        var cookie: UInt64 = 0
        let tape = try EventsTape {
            let listener = try LoopbackConnection().listener
            let port = listener.port
            listener.finish()
            let client = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            #expect(client.connect(port: port) == ECONNREFUSED)
            cookie = client.cookie
        }
        #expect(
            tape.story(of: cookie) == [
                "UNCONN>SYN-SENT", "reset in SYN-SENT", "SYN-SENT>UNCONN",
            ])
    }

    @Test("tell who sent it: a close over unread octets")
    func unread() throws {
        var ends: (client: UInt64, server: UInt64) = (0, 0)
        let tape = try EventsTape {
            let connection = try LoopbackConnection()
            ends = (connection.client.cookie, connection.server.cookie)
            connection.client.send(10)
            connection.server.finish()
        }
        #expect(
            tape.story(of: ends.server) == [
                "SYN-RECV>ESTAB", "ESTAB>UNCONN", "reset sent in UNCONN",
            ])
        #expect(tape.story(of: ends.client).contains("reset in ESTAB"))
    }

    @Test("tell who sent it: keepalive that gave up, before its end")
    func keepalive() throws {
        // TCP_REPAIR takes the other end away without a word; the first probe meets nobody, whose
        // answer would be a reset, so that a route into nothing takes it.
        let words = try words(
            of: """
                unshare -n sh -c 'ip link set lo up; ip addr add 10.0.0.1/32 dev lo
                ip addr add 10.0.0.2/32 dev lo; exec python3 -' <<'END'
                import socket, subprocess, sys, time
                listener = socket.create_server(("10.0.0.2", 0))
                client = socket.create_connection(listener.getsockname(), None, ("10.0.0.1", 0))
                server = listener.accept()[0]
                for option, value in (4, 1), (5, 1), (6, 1):
                    client.setsockopt(6, option, value)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                subprocess.run("ip addr del 10.0.0.2/32 dev lo; ip route add 10.0.0.2 dev lo",
                    shell=True, check=True)
                time.sleep(4)
                print(int.from_bytes(client.getsockopt(1, 57, 8), sys.byteorder))
                END
                """)
        let tape = words.tape
        let cookie = try #require(words.numbers.first)
        #expect(tape.story(of: cookie).suffix(2) == ["reset sent in ESTAB", "ESTAB>UNCONN"])
        #expect(try tape.end(of: cookie).final?.error == ETIMEDOUT)
    }

    /// What happened while a command ran, and the numbers that it wrote.
    private func words(of command: String) throws -> (tape: EventsTape, numbers: [UInt64]) {
        var text = ""
        let tape = try EventsTape { text = try output(of: command) }
        return (tape, text.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) })
    }

    @Test("give both connections of a socket that connects twice one cookie")
    func reconnected() throws {
        var cookie: UInt64 = 0
        let tape = try EventsTape {
            let connection = try LoopbackConnection()
            cookie = connection.client.cookie
            #expect(connection.client.disconnect() == 0)
            #expect(connection.client.connect(port: connection.listener.port) == 0)
        }
        #expect(
            tape.transitions(of: cookie).starts(with: [
                "UNCONN>SYN-SENT", "SYN-SENT>ESTAB", "ESTAB>UNCONN", "reset sent in UNCONN",
                "UNCONN>SYN-SENT", "SYN-SENT>ESTAB",
            ]))
    }
}
