import Model
import Testing
import Wire

@Suite("A socket in a dump")
struct SocketRowTests {
    @Test(
        "has the state and the ends that it was made with",
        arguments: [
            (Capture.established4, "ESTAB", "127.0.0.1", 40001, "127.0.0.1", 50001),
            (Capture.client4, "ESTAB", "127.0.0.1", 50001, "127.0.0.1", 40001),
            (Capture.listen4, "LISTEN", "127.0.0.1", 40001, "0.0.0.0", 0),
            (Capture.established6, "ESTAB", "::1", 50002, "::1", 40002),
            (Capture.mapped, "ESTAB", "127.0.0.1", 40003, "127.0.0.1", 50003),
            (Capture.timeWait, "TIME-WAIT", "127.0.0.1", 50004, "127.0.0.1", 40004),
            (Capture.finWait2, "FIN-WAIT-2", "127.0.0.1", 50005, "127.0.0.1", 40005),
            (Capture.synSent, "SYN-SENT", "192.0.2.1", 50006, "192.0.2.99", 40006),
        ] as [(Capture, String, String, UInt16, String, UInt16)])
    func ends(
        capture: Capture, state: String, local: String, localPort: UInt16, peer: String,
        peerPort: UInt16
    ) throws {
        let (rows, reply) = capture.decode()
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(reply == DiagReply())
        #expect(row.state.name == state)
        #expect(row.tuple.local == Endpoint(try #require(IPAddress(local)), localPort))
        #expect(row.tuple.peer == Endpoint(try #require(IPAddress(peer)), peerPort))
        #expect(row.tuple.interface == capture.interface ?? 0)
    }

    @Test("has the cookie, inode, user and queues that its owner knows", arguments: Capture.tcp)
    func identity(capture: Capture) throws {
        let row = try #require(capture.decode().rows.first)
        #expect(row.cookie == capture.cookie)
        #expect(row.inode == capture.inode ?? 0)
        #expect(row.uid == capture.uid ?? 0)
        if let queue = capture.receiveQueue { #expect(row.receiveQueue == queue) }
        if let queue = capture.sendQueue { #expect(row.sendQueue == queue) }
        #expect(row.timerGranuleMicroseconds == 4000)
    }

    @Test("counts the octets that were sent", arguments: [Capture.established4, .client4])
    func octets(capture: Capture) throws {
        let info = try #require(capture.decode().rows.first?.info)
        #expect(info.bytesReceived == capture.bytesReceived)
        #expect(info.bytesAcknowledged == capture.bytesAcknowledged)
        #expect(info.bytesRetransmitted == 0)
        #expect(info.unacknowledgedSegments == 0)
    }

    @Test(
        "is a mini-socket with a running timer after its end",
        arguments: [
            Capture.timeWait, .finWait2,
        ])
    func miniSocket(capture: Capture) throws {
        let row = try #require(capture.decode().rows.first)
        #expect(row.isMiniSocket)
        #expect((58_000...60_000).contains(row.expiresMilliseconds))
        #expect(row.info == nil)
    }

    @Test("keeps the timers of a connect that goes unanswered")
    func connecting() throws {
        let row = try #require(Capture.synSent.decode().rows.first)
        #expect(row.timer == 1)
        #expect((1...1000).contains(row.expiresMilliseconds))
        #expect(row.info?.unacknowledgedSegments == 1)
    }

    @Test("in the kernel's request state 12 is SYN-RECV, and an unknown state survives")
    func states() throws {
        let request = Capture.client4.with([12], at: Offset.state)
        #expect(Capture.client4.decode(request).rows.first?.state == .synReceived)
        let unknown = Capture.client4.with([77], at: Offset.state)
        #expect(Capture.client4.decode(unknown).rows.first?.state.rawValue == 77)
    }

    @Test("of a family that is neither IPv4 nor IPv6 is counted, not invented")
    func family() {
        let (rows, reply) = Capture.client4.decode(Capture.client4.with([99], at: Offset.family))
        #expect(rows.isEmpty)
        #expect(reply.unknown == 1)
    }

    @Test("over UDP has its address, cookie, inode and user")
    func datagram() throws {
        var rows: [DatagramRow] = []
        let capture = Capture.datagram6
        let reply = DiagDecoder(sequence: 7, port: capture.port).datagrams(
            in: capture.bytes.span.bytes, into: &rows)
        #expect(reply == DiagReply())
        let row = try #require(rows.first)
        #expect(row.tuple.local == Endpoint(try #require(IPAddress("::1")), 50007))
        #expect(row.cookie == capture.cookie)
        #expect(row.inode == capture.inode)
        #expect(row.uid == capture.uid)
    }
}
