import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's message of a closed connection")
struct ClosesTests {
    /// Other tests' connections would fill the source in the meantime.
    private let bench: TestNamespace

    init() throws { bench = try TestNamespace("close") }

    /// A source and a connection in a namespace of their own.
    private func begin(
        _ kind: LoopbackConnection.Kind = .ipv4
    ) throws -> (DestroyMessages, LoopbackConnection) {
        var begun: (DestroyMessages, LoopbackConnection)?
        try bench.inside { begun = (try DestroyMessages(), try LoopbackConnection(kind)) }
        return try #require(begun)
    }

    /// Sends 100 octets to the server and 50 to the client, all read and acknowledged.
    private func talk(_ connection: LoopbackConnection) async throws {
        connection.client.send(100)
        try connection.server.receive(100)
        connection.server.send(50)
        try connection.client.receive(50)
        try await pause(60)
    }

    @Test("comes for both ends with their cookies and ends", arguments: [true, false])
    func bothEnds(clientFirst: Bool) async throws {
        for kind in LoopbackConnection.Kind.allCases {
            let (source, connection) = try begin(kind)
            let cookies = (connection.client.cookie, connection.server.cookie)
            let first = clientFirst ? connection.client : connection.server
            let last = clientFirst ? connection.server : connection.client
            first.finish()
            try await pause(100)
            last.finish()
            let rows = try await source.wait().map(\.row)
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
    func octets() async throws {
        let (source, connection) = try begin()
        let (client, server) = (connection.client.cookie, connection.server.cookie)
        try await talk(connection)
        connection.client.finish()
        try await pause(100)
        // The client's FIN-WAIT-2 became a mini-socket before the server's FIN came.
        let early = try await source.row(client)
        #expect(early.info?.bytesAcknowledged == 102)
        #expect(early.info?.bytesReceived == 50)
        #expect(early.receiveQueue == 0)
        connection.server.finish()
        let late = try await source.row(server)
        #expect(late.info?.bytesAcknowledged == 51)
        #expect(late.info?.bytesReceived == 101)
        // A FIN that the application never read stands in the queue.
        #expect(late.receiveQueue == 1)
        #expect(late.info?.bytesSent == 50)
    }

    @Test("waits after a shutdown for the close, and then counts the peer's FIN")
    func halfClose() async throws {
        let (source, connection) = try begin()
        let client = connection.client.cookie
        try await talk(connection)
        shutdown(connection.client.descriptor, Int32(SHUT_WR))
        try await pause(20)
        connection.server.finish()
        let early = try await source.wait()
        #expect(!early.contains { $0.row.cookie == client })
        connection.client.finish()
        let row = try await source.row(client)
        #expect(row.info?.bytesReceived == 51)
    }

    @Test("of a reset keeps the counts of the end that received it, and the other's cookie alone")
    func reset() async throws {
        let (source, connection) = try begin()
        let (client, server) = (connection.client.cookie, connection.server.cookie)
        try await talk(connection)
        connection.client.abort()
        let own = try await source.row(client)
        #expect(own.tuple.local == Endpoint(IPAddress(ipv4: 0), connection.tuple.local.port))
        #expect(own.tuple.peer == Endpoint(connection.tuple.peer.address, 0))
        #expect(own.info?.bytesAcknowledged == 0)
        connection.server.finish()
        let received = try await source.row(server)
        #expect(received.tuple == connection.tuple.mirrored)
        #expect(received.info?.bytesReceived == 100)
        // No FIN was acknowledged: 51 would be an orderly end.
        #expect(received.info?.bytesAcknowledged == 50)
    }

    @Test("of a refused connect has the peer's address without its port")
    func refused() async throws {
        let (source, connection) = try begin()
        var sockets: [LoopbackSocket] = []
        try bench.inside {
            sockets = try (0..<2).map { _ in
                try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            }
        }
        let (client, listener) = (sockets[0], sockets[1])
        _ = connection
        #expect(listener.bind(port: 0) == 0)
        let cookie = client.cookie
        #expect(client.connect(port: listener.port) == ECONNREFUSED)
        client.finish()
        let row = try await source.row(cookie)
        #expect(row.tuple.peer == Endpoint(IPAddress(ipv4: 0x7f00_0001), 0))
        #expect(row.tuple.local.address == IPAddress(ipv4: 0))
        #expect(row.info?.bytesAcknowledged == 0)
    }

    @Test("has the moment of its receipt, though nobody asks for it until later")
    func moments() async throws {
        let (source, connection) = try begin()
        let client = connection.client.cookie
        connection.client.abort()
        let closed = bootNanoseconds()
        try await pause(400)
        let found = try await source.wait(milliseconds: 10).filter { $0.row.cookie == client }
        let window = try #require(found.first?.window)
        #expect(window.latest > closed - 1_000_000)
        #expect(window.latest < closed + 300_000_000)
        #expect(window.earliest < window.latest)
    }

    @Test("is handed over at once when it is asked for right after the close")
    func promptness() async throws {
        for _ in 0..<10 {
            let (source, connection) = try begin()
            let client = connection.client.cookie
            connection.client.abort()
            // The kernel sends from a worker of its own.
            try await pause(50)
            var found = 0
            source.take { _, rows in found += rows.count { $0.cookie == client } }
            #expect(found == 1)
        }
    }
}

@Suite("Messages of closed connections that found no room")
struct ClosesLossTests {
    @Test("are counted exactly")
    func exactLoss() async throws {
        let bench = try TestNamespace("loss")
        var sources: [DestroyMessages] = []
        try bench.inside {
            sources = [
                try DestroyMessages(receiveBuffer: 8 << 10, capacity: 10), try DestroyMessages(),
            ]
            let connections = try (0..<300).map { _ in try LoopbackConnection() }
            for connection in connections {
                connection.client.abort()
                connection.server.finish()
                connection.listener.finish()
            }
        }
        let all = try await sources[1].wait().count
        #expect(all == 900)
        #expect(sources[1].lost == 0)
        let rows = try await sources[0].wait().count
        #expect(rows >= 10)
        #expect(sources[0].lost > 0)
        #expect(Int64(rows) + sources[0].lost == Int64(all))
        // An overflow is no end.
        var client: UInt64 = 0
        try bench.inside { client = try Self.abortedClient() }
        _ = try await sources[0].row(client)
    }

    @Test("are not those of another namespace, which do not come at all")
    func otherNamespace() async throws {
        let bench = try TestNamespace("other")
        let own = try DestroyMessages()
        var inside: DestroyMessages?
        var client: UInt64 = 0
        try bench.inside {
            inside = try DestroyMessages()
            client = try Self.abortedClient()
        }
        _ = try await inside?.row(client)
        let seen = try await own.wait()
        #expect(!seen.contains { $0.row.cookie == client })
    }

    /// The cookie of a client that reset its connection.
    private static func abortedClient() throws -> UInt64 {
        let connection = try LoopbackConnection()
        defer { connection.client.abort() }
        return connection.client.cookie
    }
}
