import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's events of data that arrives after close()")
struct EventsLateDataTests {
    /// The flags of a reset that answers an acknowledged segment, and of one that does not.
    private static let resets: Set<Int64> = [0x04, 0x14]

    @Test("tell no reset at the end that closed, once its FIN is acknowledged")
    func acknowledged() throws {
        for delay in [0, EventsStateTests.acknowledged] {
            var ends: (client: UInt64, server: UInt64) = (0, 0)
            let tape = try EventsTape {
                let connection = try LoopbackConnection()
                ends = (connection.client.cookie, connection.server.cookie)
                connection.client.finish()
                usleep(delay)
                connection.server.send(10)
                usleep(5_000)
            }
            let story = tape.story(of: ends.client)
            #expect(!story.contains { $0.hasPrefix("reset") }, "\(delay) \(story)")
            #expect(story.contains("FIN-WAIT-2>UNCONN"), "\(delay) \(story)")
            #expect(!story.contains { $0.hasSuffix("TIME-WAIT") }, "\(delay) \(story)")
            let other = tape.story(of: ends.server)
            #expect(other.contains("reset in CLOSE-WAIT"), "\(delay) \(other)")
        }
    }

    @Test("tell a reset received at the end that closed and answers by one, while its FIN is not")
    func unacknowledged() throws {
        let script = """
            server.close()
            answers()
            send(24, 1001, next, b"octets")
            print(cookie, *answers().keys())
            """
        let (tape, lines) = try EventsTape.listen(to: EventsScripts.byHand(script))
        let line = try #require(lines.first)
        #expect(line.dropFirst().contains { Self.resets.contains($0) })
        let cookie = UInt64(line[0])
        #expect(
            tape.story(of: cookie).suffix(3) == [
                "ESTAB>FIN-WAIT-1", "reset in FIN-WAIT-1", "FIN-WAIT-1>UNCONN",
            ])
        #expect(try tape.end(of: cookie).final?.error == ECONNRESET)
    }

    @Test("look the same when the other end's reset arrives there")
    func peer() throws {
        let script = """
            server.close()
            answers()
            send(4, 1001, next)
            print(cookie, *answers().keys())
            """
        let (tape, lines) = try EventsTape.listen(to: EventsScripts.byHand(script))
        let line = try #require(lines.first)
        #expect(!line.dropFirst().contains { Self.resets.contains($0) })
        let cookie = UInt64(line[0])
        #expect(
            tape.story(of: cookie).suffix(3) == [
                "ESTAB>FIN-WAIT-1", "reset in FIN-WAIT-1", "FIN-WAIT-1>UNCONN",
            ])
        #expect(try tape.end(of: cookie).final?.error == ECONNRESET)
    }
}
