import Ledger
import Model
import Testing

@Suite("The role of a connection")
struct RoleTests {
    private let web = Flow(1)

    @Test("is told by the octet of the SYN: a client has one more acknowledged than sent")
    func octetOfTheSYN() throws {
        for (acknowledged, role) in [(101, Role.client), (100, .server), (102, .unknown)]
            as [(UInt64, Role)]
        {
            var story = Script()
            story.sample(at: 1_000_000, web.estab.octets(sent: 100, acknowledged: acknowledged))
            #expect(try story.connection().role == role)
        }
    }

    @Test("octets sent again do not confuse it")
    func sentAgain() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab.octets(sent: 150, again: 50, acknowledged: 101))
        #expect(try story.connection().role == .client)
    }

    @Test("is not told by octets while some are in flight or queued, but by a later look")
    func inFlight() throws {
        var flying = web.estab.octets(sent: 101, acknowledged: 101)
        flying.info?.unacknowledgedSegments = 1
        let queued = web.estab.octets(sent: 101, acknowledged: 101).queues(send: 1)
        for row in [flying, queued] {
            var story = Script()
            story.sample(at: 1_000_000, row)
            #expect(try story.connection().role == .unknown)
            story.sample(at: 2_000_000, web.estab.octets(sent: 101, acknowledged: 102))
            story.flush()
            #expect(try story.connection().role == .client)
        }
    }

    @Test("is not told by octets once our FIN may be among them")
    func afterOurFIN() throws {
        for row in [web.finWait2, web.lastAck, web.closing, web.finWait1] {
            var story = Script()
            story.sample(at: 1_000_000, row.octets(sent: 100, acknowledged: 101))
            #expect(try story.connection().role == .unknown)
        }
    }

    @Test("is server where a listener has the local port, and any address or this one")
    func byListener() throws {
        let server = Flow(1, port: 80, peerPort: 40_000)
        for (address, role) in [
            ("0.0.0.0", Role.server), ("::", .server), ("10.0.0.1", .server),
            ("10.0.0.9", .unknown),
        ] {
            var story = Script()
            story.sample(at: 1_000_000, server.estab, listening(3, on: address))
            #expect(try story.connection().role == role)
        }
    }

    @Test("an IPv4 listener accepts no IPv6")
    func byListenerOfItsFamily() throws {
        let server = Flow(1, local: "2001:db8::1", port: 80, peer: "2001:db8::2", peerPort: 4_000)
        var story = Script()
        story.sample(at: 1_000_000)
        story.sample(at: 2_000_000, server.estab, listening(3, on: "0.0.0.0"))
        #expect(try story.connection().role == .unknown)
        #expect(try story.listener().accepted == 0)
    }

    @Test("is client where a listener of this host is the other end")
    func byListenerOfTheOtherEnd() throws {
        let client = Flow(1, local: "127.0.0.1", port: 40_000, peer: "127.0.0.1", peerPort: 80)
        let own = Flow(2, local: "10.0.0.1", port: 40_000, peer: "10.0.0.1", peerPort: 80)
        let away = Flow(3, local: "10.0.0.1", port: 40_001, peer: "10.0.0.2", peerPort: 80)
        var story = Script()
        story.sample(at: 1_000_000, listening(9), client.estab, own.estab, away.estab)
        #expect(try story.connection(1).role == .client)
        #expect(try story.connection(2).role == .client)
        #expect(try story.connection(3).role == .unknown)
    }

    @Test("of a TIME_WAIT is told by a listener that is there in the same dump")
    func ofTimeWait() throws {
        var story = Script()
        let server = Flow(1, port: 80, peerPort: 40_000)
        story.sample(at: 1_000_000, server.timeWait(left: 59_000), listening(3))
        #expect(try story.connection().role == .server)
    }

    @Test("once known does not change with a listener or with octets")
    func staysKnown() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.synSent)
        story.sample(at: 2_000_000, web.estab.octets(), listening(3, port: 40_000))
        story.flush()
        #expect(try story.connection().role == .client)
    }
}
