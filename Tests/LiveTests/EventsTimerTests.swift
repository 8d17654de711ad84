import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's events of TIME_WAIT")
struct EventsTimerTests {
    @Test("begin it under the connection's cookie at the moment when the other end closed")
    func began() throws {
        var moments: [Int64] = []
        var cookie: UInt64 = 0
        var tuple: FourTuple?
        let source = try EventPump()
        #expect(source.withoutTimers == nil)
        let tape = try EventsTape(source) {
            let connection = try LoopbackConnection()
            tuple = connection.tuple
            cookie = connection.client.cookie
            #expect(shutdown(connection.client.descriptor, Int32(SHUT_WR)) == 0)
            usleep(EventsStateTests.acknowledged)
            moments.append(bootNanoseconds())
            connection.server.finish()
            moments.append(bootNanoseconds())
        }
        let began = try tape.event("timer started in TIME-WAIT", of: cookie)
        #expect((moments[0]...moments[1]).contains(began.bootNanoseconds))
        #expect(began.tuple == tuple)
        #expect(began.kind == .timerStarted(.timeWait, leftMicroseconds: 60_000_000))
        let story = tape.story(of: cookie)
        #expect(story.suffix(2) == ["timer started in TIME-WAIT", "FIN-WAIT-2>UNCONN"])
    }

    @Test("end it early when its 4-tuple is used anew, and tell when it began")
    func reused() throws {
        var ends: (old: UInt64, new: UInt64) = (0, 0)
        var moments: [Int64] = []
        let tape = try EventsTape {
            let listener = try LoopbackConnection().listener
            let first = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            #expect(first.bind(port: 0) == 0)
            #expect(first.connect(port: listener.port) == 0)
            let port = first.port
            let accepted = try LoopbackSocket(accept(listener.descriptor, nil, nil))
            ends.old = accepted.cookie
            accepted.finish()
            usleep(EventsStateTests.acknowledged)
            moments.append(bootNanoseconds())
            first.finish()
            moments.append(bootNanoseconds())
            usleep(EventsStateTests.acknowledged)
            let client = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            #expect(client.bind(port: port) == 0)
            #expect(client.connect(port: listener.port) == 0)
            let server = try LoopbackSocket(accept(listener.descriptor, nil, nil))
            ends.new = server.cookie
            client.abort()
        }
        let story = tape.story(of: ends.old)
        #expect(story.contains("timer started in FIN-WAIT-2"))
        #expect(story.last == "timer cancelled in TIME-WAIT")
        let end = try #require(tape.of(ends.old).last)
        guard case .timerCancelled(_, let left) = end.kind else { return }
        // The kernel counts in jiffies of 10 ms at most, and notes a late tick late.
        let began = end.bootNanoseconds + left * 1_000 - 60_000_000_000
        #expect((moments[0] - 12_000_000...moments[1] + 12_000_000).contains(began))
        #expect(ends.new != ends.old)
        #expect(tape.story(of: ends.new).first == "SYN-RECV>ESTAB")
    }

    /// A client that closes first in a namespace of its own, where FIN_WAIT2 lasts a second.
    private static let orphan = """
        unshare -n sh -c 'ip link set lo up
        echo 1 > /proc/sys/net/ipv4/tcp_fin_timeout
        exec python3 -' <<'END'
        import socket, sys, time
        listener = socket.create_server(("127.0.0.1", 0))
        client = socket.create_connection(listener.getsockname())
        server = listener.accept()[0]
        def cookie(option):
            return int.from_bytes(client.getsockopt(socket.SOL_SOCKET, option, 8), sys.byteorder)
        print(cookie(71), cookie(57))
        client.close()
        time.sleep(4)
        END
        """

    @Test("tell an orphan's FIN_WAIT2 in another namespace, from beginning to expiry")
    func orphaned() throws {
        var words: [UInt64] = []
        let tape = try EventsTape {
            let text = try output(of: Self.orphan)
            words = text.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
        }
        try #require(words.count == 2)
        let own = try LoopbackConnection().client.namespaceCookie
        #expect(words[0] != own)
        let events = tape.of(words[1])
        #expect(events.allSatisfy { $0.netns == words[0] })
        #expect(
            tape.story(of: words[1]).suffix(4) == [
                "timer started in FIN-WAIT-2", "FIN-WAIT-2>UNCONN",
                "timer cancelled in FIN-WAIT-2", "timer expired in FIN-WAIT-2",
            ])
        let began = try tape.event("timer started in FIN-WAIT-2", of: words[1])
        #expect(began.kind == .timerStarted(.finWait2, leftMicroseconds: 1_000_000))
        let ended = try tape.event("timer expired in FIN-WAIT-2", of: words[1])
        let lasted = ended.bootNanoseconds - began.bootNanoseconds
        #expect((996_000_000...3_500_000_000).contains(lasted), "\(lasted)")
    }
}
