import Ledger
import Model
import Testing

@Suite("A listener")
struct ListenerTests {
    private let server = Flow(1, port: 80, peerPort: 40_000)

    @Test("counts the connections that it accepted since the recording began, each once")
    func accepted() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(9), server.estab)
        #expect(try story.listener().accepted == 0)
        let next = Flow(2, port: 80, peerPort: 40_001)
        story.sample(at: 2_000_000, listening(9), server.estab, next.estab)
        story.sample(at: 3_000_000, listening(9), server.estab, next.estab)
        #expect(try story.listener().accepted == 1)
        #expect(story.passive == 1)
        story.sample(
            at: 4_000_000, listening(9), server.estab, next.timeWait(left: 59_900),
            Flow(3, port: 80, peerPort: 40_002).timeWait(left: 59_900))
        #expect(try story.listener().accepted == 2)
        story.flush()
        story.flush()
        #expect(try story.listener().accepted == 2)
        #expect(story.passive == 2)
    }

    @Test("keeps the longest accept queue seen, and its backlog of now")
    func queue() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(9, waiting: 3))
        story.sample(at: 2_000_000, listening(9, waiting: 7))
        #expect(try story.listener().queuePeak == 7)
        let quiet = story.sample(at: 3_000_000, listening(9, waiting: 1))
        #expect(quiet.changes.isEmpty)
        story.sample(at: 4_000_000, listening(9, backlog: 512))
        #expect(try story.listener().queuePeak == 7)
        #expect(try story.listener().backlog == 512)
    }

    @Test("ends with the first whole dump without it, and was last seen in the one before")
    func ends() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(9), listening(8, port: 81))
        story.sample(at: 2_000_000, listening(9), listening(8, port: 81))
        story.sample(at: 3_000_000, listening(9))
        #expect(try story.listener(1).lastSeen == nil)
        #expect(try story.listener(2).firstSeen == 1_001_000)
        #expect(try story.listener(2).lastSeen == 2_001_000)
        #expect(try story.listener(2).firstSample == 1)
        #expect(try story.listener(2).lastSample == 2)
        #expect(story.ledger.listeners.count == 1)
    }

    @Test("ends even when it was the only one")
    func lastEnds() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(9))
        story.sample(at: 2_000_000)
        #expect(try story.listener().lastSample == 1)
        #expect(story.ledger.listeners.count == 0)
    }

    @Test("gives the role of server no more once it has ended")
    func endedGivesNoRole() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(9))
        story.sample(at: 2_000_000)
        story.sample(at: 3_000_000, server.estab)
        #expect(try story.connection().role == .unknown)
    }

    @Test("shares its port by SO_REUSEPORT: each is listed, each connection counts once")
    func reusePort() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(8), listening(9))
        story.sample(at: 2_000_000, listening(8), listening(9), server.estab)
        #expect(story.listeners.count == 2)
        #expect(try story.listener(1).accepted + story.listener(2).accepted == 1)
        story.sample(at: 3_000_000, listening(9), server.estab)
        #expect(try story.listener(1).lastSample == 2)
        let next = Flow(2, port: 80, peerPort: 40_001)
        story.sample(at: 4_000_000, listening(9), server.estab, next.estab)
        #expect(try story.connection(2).role == .server)
        #expect(try story.listener(1).accepted + story.listener(2).accepted == 2)
    }

    @Test("of one family counts no connection of the other")
    func families() throws {
        var story = Script()
        let four = listening(8, on: "0.0.0.0")
        let six = listening(9, on: "::")
        let client = Flow(2, local: "2001:db8::1", port: 80, peer: "2001:db8::2", peerPort: 4_000)
        story.sample(at: 1_000_000, four, six)
        story.sample(at: 2_000_000, four, six, server.estab, client.estab)
        #expect(try story.listener(1).accepted == 1)
        #expect(try story.listener(2).accepted == 1)
    }

    @Test("a dual-stack one accepts IPv4 too")
    func dualStack() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(9, on: "::"))
        story.sample(at: 2_000_000, listening(9, on: "::"), server.estab)
        #expect(try story.connection().role == .server)
        #expect(try story.listener().accepted == 1)
    }

    @Test("without cookies is told by its address and inode")
    func withoutCookies() throws {
        var story = Script()
        let rows = [listening(0, inode: 1), listening(0, inode: 2), listening(0, port: 81)]
        story.dump(at: 1_000_000, rows)
        #expect(story.listeners.count == 3)
        story.dump(at: 2_000_000, Array(rows.dropFirst()))
        #expect(try story.listener(1).lastSample == 1)
        #expect(try story.listener(2).lastSample == nil)
    }
}
