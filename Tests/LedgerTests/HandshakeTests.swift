import Ledger
import Model
import Testing

@Suite("A handshake that is not complete")
struct HandshakeTests {
    private let server = Flow(5, port: 80, peerPort: 40_000)

    @Test("a SYN flood is counted by state and makes no rows")
    func flood() {
        var story = Script()
        let flood = (0..<5_000).map { number in
            Flow(UInt64(1_000 + number), port: 80, peerPort: UInt16(1_024 + number)).synReceived
        }
        let table = story.dump(at: 1_000_000, flood)
        #expect(table.states[.synReceived] == 5_000)
        #expect(table.states.total == 5_000)
        #expect(table.changes.isEmpty)
        #expect(story.ledger.count == 0)
        #expect(story.dump(at: 2_000_000, []).changes.isEmpty)
        #expect(story.numbering.nextConnection == 1)
    }

    @Test("without cookies it is counted all the same")
    func withoutCookies() {
        var story = Script()
        let rows = [UInt16(1), 2, 3].map { Flow(0, port: 80, peerPort: $0).synReceived }
        #expect(story.dump(at: 1_000_000, rows).states[.synReceived] == 3)
    }

    @Test("becomes a connection of a server, with bounds of its attempt")
    func accepted() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, server.synReceived)
        story.sample(at: 2_000_000, server.synReceived)
        story.sample(at: 3_000_000, server.estab)
        let life = try story.connection()
        #expect(life.role == .server)
        #expect(life.attempted == between(0, 1_001_000))
        #expect(life.opened == between(2_000_000, 3_001_000))
        #expect(life.spans.isEmpty)
        #expect(story.passive == 1)
        #expect(story.active + story.unattributed == 0)
    }

    @Test("seen in a broken dump was not open yet when that began")
    func seenInBrokenDump() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, server.synReceived, complete: false)
        story.sample(at: 2_000_000, server.estab)
        #expect(try story.connection().attempted == between(0, 1_001_000))
        #expect(try story.connection().opened == between(1_000_000, 2_001_000))
        #expect(try story.connection().role == .server)
    }

    @Test("that began before the recording and completed in it counts as accepted")
    func begunBefore() throws {
        var story = Script()
        story.sample(at: 1_000_000, server.synReceived)
        story.sample(at: 2_000_000, server.estab)
        #expect(try story.connection().attempted == between(nil, 1_001_000))
        #expect(try story.connection().opened == between(1_000_000, 2_001_000))
        #expect(story.passive == 1)
    }

    @Test("that ended is forgotten: its cookie proves nothing later")
    func forgotten() throws {
        var story = Script()
        story.sample(at: 1_000_000, server.synReceived)
        story.sample(at: 2_000_000)
        story.sample(at: 3_000_000)
        story.sample(at: 4_000_000, server.estab)
        #expect(try story.connection().role == .unknown)
        #expect(try story.connection().attempted == between(3_000_000, 4_001_000))
    }
}
