import Glibc
import Kernel
import Model
import Testing

@Suite("An exact request for one socket")
struct CaptureExactTests {
    private func found(_ answer: ExactAnswer) throws -> SocketRow {
        guard case .found(let row) = answer else {
            Issue.record("not found: \(answer)")
            throw Missing()
        }
        return row
    }
    private struct Missing: Error {}

    @Test("finds it alive, from either end", arguments: LoopbackConnection.Kind.allCases)
    func alive(kind: LoopbackConnection.Kind) throws {
        let source = try SockDiag()
        let connection = try LoopbackConnection(kind)
        let client = try found(source.find(connection.tuple, cookie: connection.client.cookie))
        #expect(client.inode == connection.client.inode)
        #expect(client.tuple == connection.tuple)
        #expect(client.info?.bytesReceived == 0)
        let server = try found(
            source.find(connection.tuple.mirrored, cookie: connection.server.cookie))
        #expect(server.inode == connection.server.inode)
    }

    @Test("finds it in TIME_WAIT", arguments: LoopbackConnection.Kind.allCases)
    func timeWait(kind: LoopbackConnection.Kind) throws {
        let source = try SockDiag()
        let connection = try LoopbackConnection(kind)
        let cookie = connection.client.cookie
        connection.client.finish()
        usleep(20_000)
        connection.server.finish()
        usleep(20_000)
        #expect(try found(source.find(connection.tuple, cookie: cookie)).state == .timeWait)
    }

    @Test(
        "proves that it is gone while its listener lives",
        arguments: LoopbackConnection.Kind.allCases)
    func gone(kind: LoopbackConnection.Kind) throws {
        let source = try SockDiag()
        let connection = try LoopbackConnection(kind)
        let cookies = (connection.client.cookie, connection.server.cookie)
        connection.client.abort()
        connection.server.finish()
        usleep(20_000)
        #expect(source.find(connection.tuple, cookie: cookies.0) == .gone)
        #expect(source.find(connection.tuple.mirrored, cookie: cookies.1) == .gone)
        #expect(source.find(connection.tuple.mirrored, cookie: 0) == .gone)
    }

    @Test("does not take another incarnation for it")
    func otherCookie() throws {
        let connection = try LoopbackConnection()
        let answer = try SockDiag().find(connection.tuple, cookie: connection.client.cookie + 1)
        #expect([.gone, .replaced].contains(answer))
    }

    @Test("without a cookie finds whichever is there")
    func anyIncarnation() throws {
        let connection = try LoopbackConnection()
        let row = try found(try SockDiag().find(connection.tuple, cookie: 0))
        #expect(row.cookie == connection.client.cookie)
    }

    @Test("is answered right after many others and between dumps")
    func many() throws {
        let source = try SockDiag()
        let connection = try LoopbackConnection()
        for round in 0..<200 {
            let cookie = connection.client.cookie
            #expect(try found(source.find(connection.tuple, cookie: cookie)).cookie == cookie)
            #expect(
                source.find(connection.tuple, cookie: cookie + 1)
                    != .found(
                        try found(source.find(connection.tuple, cookie: cookie))))
            if round % 50 == 0 { #expect(source.dump { _, _ in }.failure == nil) }
        }
    }
}
