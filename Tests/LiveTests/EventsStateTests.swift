import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's events of a connection")
struct EventsStateTests {
    static let closingFirst = [
        "UNCONN>SYN-SENT", "SYN-SENT>ESTAB", "ESTAB>FIN-WAIT-1", "FIN-WAIT-1>FIN-WAIT-2",
        "FIN-WAIT-2>UNCONN",
    ]
    static let closingLast = [
        "SYN-RECV>ESTAB", "ESTAB>CLOSE-WAIT", "CLOSE-WAIT>LAST-ACK",
        "LAST-ACK>UNCONN",
    ]
    /// Longer than an acknowledgement is ever delayed on loopback (TCP_DELACK_MAX), µs.
    static let acknowledged: UInt32 = 250_000

    @Test("tell each step of both ends", arguments: LoopbackConnection.Kind.allCases)
    func steps(kind: LoopbackConnection.Kind) throws {
        var ends: (client: UInt64, server: UInt64, netns: UInt64) = (0, 0, 0)
        var tuple: FourTuple?
        let tape = try EventsTape {
            let connection = try LoopbackConnection(kind)
            tuple = connection.tuple
            ends.client = connection.client.cookie
            ends.server = connection.server.cookie
            ends.netns = connection.client.namespaceCookie
            connection.client.finish()
            usleep(5_000)
            connection.server.finish()
        }
        #expect(tape.loss == EventLoss())
        #expect(tape.transitions(of: ends.client) == Self.closingFirst)
        #expect(tape.transitions(of: ends.server) == Self.closingLast)
        #expect(ends.netns != 0)
        for event in tape.of(ends.client) + tape.of(ends.server) {
            #expect(event.netns == ends.netns)
        }
        #expect(try tape.event("SYN-SENT>ESTAB", of: ends.client).tuple == tuple)
        #expect(try tape.event("SYN-RECV>ESTAB", of: ends.server).tuple == tuple?.mirrored)
    }

    @Test("carry the time of the boot clock and the process that acted")
    func timesAndProcesses() throws {
        var moments: [Int64] = []
        var ends: (client: UInt64, server: UInt64) = (0, 0)
        let tape = try EventsTape {
            moments.append(bootNanoseconds())
            let connection = try LoopbackConnection()
            moments.append(bootNanoseconds())
            ends = (connection.client.cookie, connection.server.cookie)
            usleep(2_000)
            moments.append(bootNanoseconds())
            connection.client.finish()
            moments.append(bootNanoseconds())
            usleep(2_000)
            moments.append(bootNanoseconds())
            connection.server.finish()
            moments.append(bootNanoseconds())
        }
        func check(_ text: String, _ cookie: UInt64, _ bracket: Int) throws {
            let event = try tape.event(text, of: cookie)
            let range = moments[bracket]...moments[bracket + 1]
            #expect(range.contains(event.bootNanoseconds), "\(text)")
            #expect(event.pid == getpid(), "\(text)")
            #expect(event.uid == getuid())
        }
        try check("UNCONN>SYN-SENT", ends.client, 0)
        try check("ESTAB>FIN-WAIT-1", ends.client, 2)
        try check("CLOSE-WAIT>LAST-ACK", ends.server, 4)
        let opened = try tape.event("SYN-SENT>ESTAB", of: ends.client)
        #expect((moments[0]...moments[1]).contains(opened.bootNanoseconds))
    }

    @Test("carry a closed connection's octets, the SYN's and each FIN's among them")
    func octets() throws {
        var ends: (client: UInt64, server: UInt64) = (0, 0)
        let tape = try EventsTape {
            let connection = try LoopbackConnection()
            ends = (connection.client.cookie, connection.server.cookie)
            connection.client.send(1_000)
            connection.server.send(50)
            try connection.client.receive(50)
            try connection.server.receive(1_000)
            connection.client.finish()
            usleep(Self.acknowledged)
            connection.server.finish()
        }
        let client = try #require(tape.event("FIN-WAIT-2>UNCONN", of: ends.client).final)
        #expect(client.bytesSent == 1_000)
        #expect(client.bytesAcknowledged == 1 + 1_000 + 1)
        #expect(client.bytesReceived == 50)
        #expect(client.bytesRetransmitted == 0)
        #expect(client.totalRetransmits == 0)
        #expect((1...1_000_000).contains(client.rttMicroseconds))
        let server = try #require(tape.event("LAST-ACK>UNCONN", of: ends.server).final)
        #expect(server.bytesSent == 50)
        #expect(server.bytesAcknowledged == 50 + 1)
        #expect(server.bytesReceived == 1_000 + 1)
        #expect(tape.of(ends.client).filter { $0.final != nil }.count == 1)
    }

    @Test("tell a half-closed connection as open until its other end closes")
    func halfClosed() throws {
        var ends: (client: UInt64, server: UInt64) = (0, 0)
        var moments: [Int64] = []
        let tape = try EventsTape {
            let connection = try LoopbackConnection()
            ends = (connection.client.cookie, connection.server.cookie)
            #expect(shutdown(connection.client.descriptor, Int32(SHUT_WR)) == 0)
            usleep(Self.acknowledged)
            moments.append(bootNanoseconds())
            connection.server.finish()
            moments.append(bootNanoseconds())
        }
        #expect(tape.transitions(of: ends.client) == Self.closingFirst)
        #expect(tape.transitions(of: ends.server) == Self.closingLast)
        let end = try tape.event("FIN-WAIT-2>UNCONN", of: ends.client)
        #expect((moments[0]...moments[1]).contains(end.bootNanoseconds))
        #expect(end.final?.bytesReceived == 1)
    }
}
