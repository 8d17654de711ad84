import Ledger
import Model
import Testing

@Suite("Another incarnation")
struct IncarnationTests {
    private let web = Flow(1)
    /// The same as /proc shows it: without a cookie.
    private let plain = Flow(0, inode: 501)

    @Test("a socket that connects elsewhere keeps its cookie and is another connection")
    func reconnectElsewhere() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, Flow(1, port: 40_001).estab)
        // Settled by an exact request after the dump: the cookie alone proves nothing.
        #expect(try story.connection(1).closed == between(1_000_000, 2_001_010))
        #expect(try story.connection(1).lastSample == 1)
        #expect(try story.connection(2).opened == between(1_000_000, 2_001_000))
        #expect(try story.connection(2).firstSample == 2)
        #expect(story.ended == [1])
        #expect(story.ledger.count == 1)
    }

    @Test("a TIME-WAIT lives on beside what its descriptor connected to next, cookie and all")
    func oneCookieTwice() throws {
        var story = Script()
        let next = Flow(1, port: 40_001)
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.timeWait(left: 59_500), next.estab)
        story.sample(at: 3_000_000, web.timeWait(left: 58_500), next.estab)
        #expect(try story.connection(1).state == .timeWait)
        #expect(try story.connection(2).state == .established)
        #expect(story.ended.isEmpty)
        #expect(story.ledger.duplicates == 0)
    }

    @Test("SYN-SENT on a cookie that was ESTAB is an implicit close and another connection")
    func reconnectToTheSame() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.synSent)
        story.sample(at: 3_000_000, web.estab)
        #expect(try story.connection(1).closed == between(1_000_000, 2_001_000))
        #expect(try story.connection(2).attempted == between(1_000_000, 2_001_000))
        #expect(try story.connection(2).opened == between(2_000_000, 3_001_000))
        #expect(story.records.count == 2)
        #expect(story.active == 1)
    }

    @Test("ESTAB after a closing state is another connection")
    func establishedAgain() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.finWait1)
        story.sample(at: 2_000_000, web.estab)
        #expect(try story.connection(1).closed == between(1_000_000, 2_001_000))
        #expect(story.records.count == 2)
    }

    @Test("an exact request that finds a reconnected socket lists the new connection, not the old")
    func reconnectFoundByRequest() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000) { _ in .found(self.web.synSent) }
        #expect(try story.connection(1).lastSample == 1)
        #expect(try story.connection(2).firstSample == 2)
        #expect(story.missed[1] == [2])
        #expect(story.ended == [1])
    }

    @Test("a socket that listens now is no connection any more")
    func listensNow() throws {
        var story = Script()
        let listener = listening(1)
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, listener) { _ in .found(listener) }
        #expect(story.ended == [1])
        #expect(story.records.count == 1)
        #expect(story.listeners.count == 1)
        #expect(story.missed[1].isEmpty)
    }

    @Test("another inode is another connection where there are no cookies")
    func otherInode() throws {
        var story = Script()
        story.sample(at: 1_000_000, plain.estab)
        story.sample(at: 2_000_000, plain.estab)
        #expect(story.records.count == 1)
        story.sample(at: 3_000_000, Flow(0, inode: 502).estab)
        #expect(story.records.count == 2)
        #expect(try story.connection(1).closed == between(2_000_000, 3_001_000))
        #expect(try story.connection(2).opened == between(2_000_000, 3_001_000))
    }

    @Test("with cookies another inode is the same connection: accepted, or passed on")
    func otherInodeWithCookie() {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.row(.established, inode: 9))
        #expect(story.records.count == 1)
    }

    @Test("a TIME_WAIT without cookie and inode is still its connection")
    func timeWaitWithoutCookie() throws {
        var story = Script()
        story.sample(at: 1_000_000, plain.estab)
        story.sample(at: 2_000_000, plain.timeWait(left: 59_500))
        #expect(story.records.count == 1)
        #expect(try story.connection().uid == 1000)
        // 1.5 s, and what 4 ms of jiffy, 0.5 ms of tick and 1 ms of dump leave open.
        #expect(try story.timeWait().entered == between(1_495_500, 1_505_500))
    }

    @Test("without cookies ESTAB ends a TIME_WAIT as reused")
    func reusedWithoutCookie() throws {
        var story = Script()
        story.sample(at: 1_000_000, plain.timeWait(left: 59_500))
        story.sample(at: 2_000_000, Flow(0, inode: 502).estab)
        #expect(try story.timeWait(1).endedBy == .reused)
        #expect(story.records.count == 2)
    }

    @Test(
        "without cookies what cannot follow in one life is another connection",
        arguments: [
            (Flow(0).timeWait(left: 59_500), Flow(0, inode: 502).closeWait),
            (Flow(0).timeWait(left: 59_500), Flow(0, inode: 502).finWait1),
            (Flow(0).timeWait(left: 59_500), Flow(0).lastAck),
            (Flow(0).orphan(), Flow(0, inode: 502).finWait2),
            (Flow(0).closeWait, Flow(0).timeWait(left: 59_900)),
            (Flow(0).lastAck, Flow(0).timeWait(left: 59_900)),
            (Flow(0).finWait2, Flow(0).lastAck),
        ] as [(SocketRow, SocketRow)])
    func backwards(before: SocketRow, after: SocketRow) throws {
        var story = Script()
        story.sample(at: 1_000_000, before)
        story.sample(at: 2_000_000, after)
        #expect(story.records.count == 2)
        #expect(story.ended == [1])
        #expect(try story.connection(2).state == after.state)
    }

    @Test("both ends on this host are two connections")
    func bothEnds() throws {
        var story = Script()
        let client = Flow(1, local: "127.0.0.1", port: 50_000, peer: "127.0.0.1", peerPort: 80)
        let server = Flow(2, local: "127.0.0.1", port: 80, peer: "127.0.0.1", peerPort: 50_000)
        #expect(client.tuple.mirrored == server.tuple)
        story.sample(at: 0)
        let result = story.sample(at: 1_000_000, client.estab, server.estab)
        #expect(result.states[.established] == 2)
        story.sample(at: 2_000_000, client.timeWait(left: 59_900))
        #expect(story.records.count == 2)
        #expect(try story.connection(1).timeWait != nil)
        #expect(try story.connection(2).timeWait == nil)
        #expect(story.ended == [2])
    }

    @Test("both ends on this host are two connections without cookies too")
    func bothEndsWithoutCookies() {
        var story = Script()
        let client = Flow(0, local: "127.0.0.1", port: 50_000, peer: "127.0.0.1", peerPort: 80)
        let server = Flow(0, local: "127.0.0.1", port: 80, peer: "127.0.0.1", peerPort: 50_000)
        story.sample(at: 1_000_000, client.estab, server.estab)
        #expect(story.records.count == 2)
        #expect(story.ledger.duplicates == 0)
    }

    @Test("equal 4-tuples in two VRFs are two connections", arguments: [[1, 2], [0, 0]])
    func interfaces(cookies: [UInt64]) throws {
        var story = Script()
        let red = Flow(cookies[0], interface: 3)
        let blue = Flow(cookies[1], interface: 4)
        story.sample(at: 1_000_000, red.estab, blue.estab)
        story.sample(at: 2_000_000, blue.estab)
        #expect(story.records.count == 2)
        #expect(story.ended == [1])
        #expect(try story.connection(2).tuple.interface == 4)
    }

    @Test("a successor in one VRF does not reuse a TIME_WAIT of the other")
    func interfacesAreNoReuse() throws {
        var story = Script()
        story.sample(at: 1_000_000, Flow(1, interface: 3).timeWait(left: 59_000))
        story.sample(at: 2_000_000, Flow(2, interface: 4).estab)
        #expect(try story.timeWait(1).endedBy == .cutShort)
    }
}
