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
            tape.story(of: ends.client) == ["UNCONN>SYN-SENT", "SYN-SENT>ESTAB", "ESTAB>UNCONN"])
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
                "UNCONN>SYN-SENT", "SYN-SENT>ESTAB", "ESTAB>UNCONN", "UNCONN>SYN-SENT",
                "SYN-SENT>ESTAB",
            ]))
    }
}
