import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's message of a closed connection")
struct ClosesTests {
    /// Sends 100 octets to the server and 50 to the client, all read and acknowledged.
    private func talk(_ connection: LoopbackConnection) throws {
        connection.client.send(100)
        try connection.server.receive(100)
        connection.server.send(50)
        try connection.client.receive(50)
        usleep(60_000)
    }

    @Test("comes for both ends with their cookies and ends", arguments: [true, false])
    func bothEnds(clientFirst: Bool) throws {
        for kind in LoopbackConnection.Kind.allCases {
            let source = try DestroyMessages()
            let connection = try LoopbackConnection(kind)
            let cookies = (connection.client.cookie, connection.server.cookie)
            let first = clientFirst ? connection.client : connection.server
            let last = clientFirst ? connection.server : connection.client
            first.finish()
            usleep(100_000)
            last.finish()
            let rows = source.wait().map(\.row)
            let client = rows.filter { $0.cookie == cookies.0 }
            let server = rows.filter { $0.cookie == cookies.1 }
            #expect(client.map(\.tuple) == [connection.tuple])
            #expect(server.map(\.tuple) == [connection.tuple.mirrored])
            #expect((client + server).allSatisfy { $0.state == .close })
            #expect((client + server).allSatisfy { $0.uid == 0 && $0.inode == 0 })
            #expect(source.lost == 0)
        }
    }

    @Test("counts the octets, the client's SYN and both FINs among them")
    func octets() throws {
        let source = try DestroyMessages()
        let connection = try LoopbackConnection()
        let (client, server) = (connection.client.cookie, connection.server.cookie)
        try talk(connection)
        connection.client.finish()
        usleep(100_000)
        // The client's FIN-WAIT-2 became a mini-socket before the server's FIN came.
        let early = try source.row(client)
        #expect(early.info?.bytesAcknowledged == 102)
        #expect(early.info?.bytesReceived == 50)
        #expect(early.receiveQueue == 0)
        connection.server.finish()
        let late = try source.row(server)
        #expect(late.info?.bytesAcknowledged == 51)
        #expect(late.info?.bytesReceived == 101)
        // A FIN that the application never read stands in the queue.
        #expect(late.receiveQueue == 1)
        #expect(late.info?.bytesSent == 50)
    }

    @Test("waits after a shutdown for the close, and then counts the peer's FIN")
    func halfClose() throws {
        let source = try DestroyMessages()
        let connection = try LoopbackConnection()
        let client = connection.client.cookie
        try talk(connection)
        shutdown(connection.client.descriptor, Int32(SHUT_WR))
        usleep(20_000)
        connection.server.finish()
        #expect(!source.wait().contains { $0.row.cookie == client })
        connection.client.finish()
        #expect(try source.row(client).info?.bytesReceived == 51)
    }

    @Test("of a reset keeps the counts of the end that received it, and the other's cookie alone")
    func reset() throws {
        let source = try DestroyMessages()
        let connection = try LoopbackConnection()
        let (client, server) = (connection.client.cookie, connection.server.cookie)
        try talk(connection)
        connection.client.abort()
        let own = try source.row(client)
        #expect(own.tuple.local == Endpoint(IPAddress(ipv4: 0), connection.tuple.local.port))
        #expect(own.tuple.peer == Endpoint(connection.tuple.peer.address, 0))
        #expect(own.info?.bytesAcknowledged == 0)
        connection.server.finish()
        let received = try source.row(server)
        #expect(received.tuple == connection.tuple.mirrored)
        #expect(received.info?.bytesReceived == 100)
        // No FIN was acknowledged: 51 would be an orderly end.
        #expect(received.info?.bytesAcknowledged == 50)
    }

    @Test("of a refused connect has the peer's address without its port")
    func refused() throws {
        let source = try DestroyMessages()
        let listener = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        #expect(listener.bind(port: 0) == 0)
        let client = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let cookie = client.cookie
        #expect(client.connect(port: listener.port) == ECONNREFUSED)
        client.finish()
        let row = try source.row(cookie)
        #expect(row.tuple.peer == Endpoint(IPAddress(ipv4: 0x7f00_0001), 0))
        #expect(row.tuple.local.address == IPAddress(ipv4: 0))
        #expect(row.info?.bytesAcknowledged == 0)
    }

    @Test("has the moment of its receipt, though nobody asks for it until later")
    func moments() throws {
        let source = try DestroyMessages()
        let connection = try LoopbackConnection()
        let client = connection.client.cookie
        connection.client.abort()
        let closed = bootNanoseconds()
        usleep(400_000)
        let found = source.wait(milliseconds: 10).filter { $0.row.cookie == client }
        let window = try #require(found.first?.window)
        #expect(window.latest > closed - 1_000_000)
        #expect(window.latest < closed + 200_000_000)
        #expect(window.earliest < closed)
    }

    @Test("is handed over at once when it is asked for right after the close")
    func promptness() throws {
        let source = try DestroyMessages(receiveBuffer: 1 << 20, capacity: 65_536)
        for _ in 0..<20 {
            let connection = try LoopbackConnection()
            let client = connection.client.cookie
            connection.client.abort()
            // The kernel sends from a worker of its own.
            usleep(20_000)
            var found = 0
            source.take { _, rows in found += rows.count { $0.cookie == client } }
            #expect(found == 1)
        }
    }
}

@Suite("Messages of closed connections that found no room")
struct ClosesLossTests {
    @Test("are counted exactly")
    func exactLoss() throws {
        let bench = try TestNamespace("loss")
        try bench.inside {
            let small = try DestroyMessages(receiveBuffer: 8 << 10, capacity: 10)
            let large = try DestroyMessages()
            let connections = try (0..<300).map { _ in try LoopbackConnection() }
            for connection in connections {
                connection.client.abort()
                connection.server.finish()
                connection.listener.finish()
            }
            let all = large.wait().count
            #expect(all == 900)
            #expect(large.lost == 0)
            let rows = small.wait().count
            #expect(rows >= 10)
            #expect(small.lost > 0)
            #expect(Int64(rows) + small.lost == Int64(all))
            // An overflow is no end.
            let connection = try LoopbackConnection()
            let client = connection.client.cookie
            connection.client.abort()
            _ = try small.row(client)
        }
    }

    @Test("are not those of another namespace, which do not come at all")
    func otherNamespace() throws {
        let bench = try TestNamespace("other")
        let own = try DestroyMessages()
        try bench.inside {
            let inside = try DestroyMessages()
            let connection = try LoopbackConnection()
            let client = connection.client.cookie
            connection.client.abort()
            _ = try inside.row(client)
            #expect(!own.wait().contains { $0.row.cookie == client })
        }
    }
}
