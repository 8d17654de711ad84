import Glibc
import Kernel
import Model
import Testing

@Suite("The thread that drains the kernel's events", .serialized)
struct EventsPumpTests {
    /// Makes so many connections that their clients close first; their cookies.
    @discardableResult
    private func connect(_ count: Int) throws -> [UInt64] {
        let listener = try LoopbackConnection().listener
        return try (0..<count).map { _ in
            let client = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            try #require(client.connect(port: listener.port) == 0)
            let server = try LoopbackSocket(accept(listener.descriptor, nil, nil))
            let cookie = client.cookie
            client.finish()
            server.finish()
            return cookie
        }
    }

    private func refuse(_ count: Int) throws {
        let port = try EventsSourceTests.closedPort()
        for _ in 0..<count {
            let client = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            try #require(client.connect(port: port) == ECONNREFUSED)
        }
    }

    @Test("keeps more than the kernel's ring holds, and hands over all up to the call")
    func keeps() throws {
        let pump = try EventPump()
        // 75,000 events and more; the ring holds 65,536.
        for _ in 0..<25 { try refuse(1_000) }
        let last = try LoopbackConnection().client.cookie
        #expect(pump.backlogOctets >= 50_000 * 120)
        var told: [KernelEvent] = []
        pump.take { told += $0 }
        #expect(told.count >= 75_000)
        #expect(told.contains { $0.cookie == last })
        #expect(pump.lost == EventLoss())
        let cost = pump.cost
        #expect(cost.told >= 75_000)
        // Between 20 and 20,000 ns an event for each of both.
        #expect((20...20_000).contains(cost.programNanoseconds / cost.told))
        #expect((20...20_000).contains(cost.readerNanoseconds / cost.told))
    }

    @Test("leaves to the kernel what finds no room, which counts it")
    func full() throws {
        let pump = try EventPump(EventSource(), capacity: 10)
        // One drain may go on for as many as the ring holds, and then the ring has to fill: 131,072
        // events at most. Each attempt has three.
        for _ in 0..<45 where pump.lost.total == 0 { try refuse(1_000) }
        var told: Int64 = 0
        pump.take { told += Int64($0.count) }
        #expect(pump.backlogOctets == 0)
        #expect(pump.lost.total > 0)
        #expect(pump.lost.unreadable == 0)
        #expect(pump.cost.seenFull == told + Int64(pump.lost.total))
    }

    @Test("ends its thread, and that of one that nobody stops")
    func ends() throws {
        func threads() -> Int {
            (try? output(of: "ls /proc/\(getpid())/task | wc -l")).flatMap {
                Int($0.filter(\.isNumber))
            } ?? 0
        }
        let before = threads()
        do {
            let pumps = try (0..<10).map { _ in try EventPump() }
            #expect(threads() >= before + 10)
            for pump in pumps.prefix(5) { pump.stop() }
            pumps[0].stop()
            let cookie = try LoopbackConnection().client.cookie
            var told: [KernelEvent] = []
            pumps[0].take { told += $0 }
            #expect(told.contains { $0.cookie == cookie })
        }
        // Others come and go with the tests that run beside this one.
        #expect(threads() < before + 10)
    }

    @Test("tells edges alone, or nothing, and counts what it would have told")
    func detail() throws {
        let pump = try EventPump(onlyNamespace: nil)
        #expect(pump.detail == .full)
        pump.detail = .edges
        let cookies = try connect(50)
        usleep(20_000)
        var told: [KernelEvent] = []
        pump.take { told += $0 }
        let kinds = Dictionary(grouping: told, by: \.cookie).mapValues { $0.map(\.kind) }
        for cookie in cookies {
            #expect(
                kinds[cookie] == [
                    .state(from: .synSent, to: .established),
                    .state(from: .established, to: .finWait1),
                    .state(from: .finWait2, to: .close),
                ])
        }
        let edges = pump.cost
        #expect(edges.seenEdges == edges.told)
        // SYN-SENT, FIN-WAIT-2, LAST-ACK and the timer.
        #expect(edges.seenFull >= edges.told + 200)
        pump.detail = .none
        try connect(50)
        usleep(20_000)
        told = []
        pump.take { told += $0 }
        #expect(told.isEmpty)
        let none = pump.cost
        #expect(none.told == edges.told)
        // Both ends open, take a first step and end.
        #expect(none.seenEdges >= edges.seenEdges + 300)
        pump.detail = .full
        let cookie = try #require(try connect(1).first)
        pump.take { told += $0 }
        #expect(told.first { $0.cookie == cookie }?.kind == .state(from: .close, to: .synSent))
        #expect(pump.lost == EventLoss())
    }

    @Test("tells of one network namespace alone when asked to")
    func onlyNamespace() throws {
        let script = """
            unshare -n sh -c 'ip link set lo up; exec python3 -' <<'END'
            import socket, sys
            listener = socket.create_server(("127.0.0.1", 0))
            client = socket.create_connection(listener.getsockname())
            client.close()
            print(int.from_bytes(listener.getsockopt(1, 71, 8), sys.byteorder))
            END
            """
        let own = try LoopbackConnection().client.namespaceCookie
        let pump = try EventPump(onlyNamespace: own)
        let all = try EventPump()
        let cookie = try #require(connect(1).first)
        let other = try #require(UInt64(try output(of: script).filter(\.isNumber)))
        var told: [KernelEvent] = []
        pump.take { told += $0 }
        #expect(told.contains { $0.cookie == cookie })
        #expect(told.allSatisfy { $0.netns == own })
        var everywhere: [KernelEvent] = []
        all.take { everywhere += $0 }
        #expect(everywhere.contains { $0.netns == other })
        #expect(pump.cost.seenFull == Int64(told.count))
    }

    @Test("leaves signals to the main thread")
    func signals() throws {
        let pump = try EventPump()
        defer { pump.stop() }
        let tasks = try output(of: "cat /proc/\(getpid())/task/*/status | grep SigBlk")
        // SIGINT is bit 1, SIGTERM bit 14.
        #expect(
            tasks.split(separator: "\n").contains {
                guard let word = $0.split(whereSeparator: \.isWhitespace).last else { return false }
                return (UInt64(word, radix: 16) ?? 0) & 0x4002 == 0x4002
            })
    }
}
