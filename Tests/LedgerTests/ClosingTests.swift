import Ledger
import Model
import Testing

@Suite("The end of a connection")
struct ClosingTests {
    private let web = Flow(1)

    @Test("an orphaned FIN_WAIT2 that expires leaves no TIME_WAIT")
    func orphanExpires() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.orphan())
        story.sample(at: 3_000_000, web.orphan())
        story.sample(at: 4_000_000)
        let life = try story.connection()
        #expect(life.closed == between(1_000_000, 2_001_000))
        #expect(life.closedBy == .local)
        #expect(life.closeKind == .fin)
        #expect(life.timeWait == nil)
        #expect(life.lastSample == 3)
        #expect(life.spans.map(\.state) == [.established, .finWait2])
        #expect(life.spans.last?.left == between(3_000_000, 4_001_010))
        #expect(life.spans.last?.lastSample == 3)
    }

    @Test("an orphaned FIN_WAIT2 that goes on to TIME_WAIT closed at the mini-socket's birth")
    func orphanGoesOn() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.orphan())
        story.sample(at: 5_000_000, web.timeWait(left: 59_000))
        let life = try story.connection()
        #expect(life.closed == between(1_000_000, 2_001_000))
        #expect(life.timeWait?.entered == between(3_995_500, 4_005_500))
        #expect(life.spans.last?.left == between(3_995_500, 4_005_500))
        #expect(life.spans.map(\.lastSample) == [1, 2])
    }

    @Test("a FIN_WAIT2 closes when its socket becomes a mini-socket, not before")
    func orphanedLater() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.finWait2)
        story.sample(at: 2_000_000, web.finWait2)
        #expect(try story.connection().closed == .unknown)
        #expect(try story.connection().closeKind == .unknown)
        story.sample(at: 3_000_000, web.orphan())
        let life = try story.connection()
        #expect(life.closed == between(2_000_000, 3_001_000))
        #expect(life.closeKind == .fin)
        #expect(life.spans.count == 1)
    }

    @Test("first met as an orphan it opened and closed between two samples")
    func orphanMetFirst() throws {
        var story = Script()
        story.sample(at: 1_000_000)
        story.sample(at: 2_000_000, web.orphan())
        let life = try story.connection()
        #expect(life.opened == between(1_000_000, 2_001_000))
        #expect(life.closed == between(1_000_000, 2_001_000))
        #expect(life.closeKind == .fin)
    }

    @Test("CLOSE-WAIT, then LAST-ACK: the peer closed first")
    func byPeer() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.closeWait)
        story.sample(at: 3_000_000, web.closeWait)
        #expect(try story.connection().closedBy == .peer)
        #expect(try story.connection().closeKind == .unknown)
        story.sample(at: 4_000_000, web.lastAck)
        story.sample(at: 5_000_000)
        let life = try story.connection()
        #expect(life.closedBy == .peer)
        #expect(life.closeKind == .fin)
        #expect(life.closed == between(4_000_000, 5_001_010))
        #expect(life.spans.map(\.state) == [.established, .closeWait, .lastAck])
        #expect(
            life.spans.map(\.entered) == [
                between(0, 1_001_000), between(1_000_000, 2_001_000),
                between(3_000_000, 4_001_000),
            ])
        #expect(
            life.spans.map(\.left) == [
                between(1_000_000, 2_001_000), between(3_000_000, 4_001_000),
                between(4_000_000, 5_001_010),
            ])
        #expect(life.spans.map(\.firstSample) == [2, 3, 5])
        #expect(life.spans.map(\.lastSample) == [2, 4, 5])
    }

    @Test("a CLOSE-WAIT that vanishes closed in a way that no dump saw")
    func closeWaitVanishes() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.closeWait)
        story.sample(at: 2_000_000)
        #expect(try story.connection().closedBy == .peer)
        #expect(try story.connection().closeKind == .unknown)
    }

    @Test("CLOSING: both ends closed at once, and TIME_WAIT does not change that")
    func byBoth() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.finWait1)
        #expect(try story.connection().closedBy == .local)
        story.sample(at: 2_000_000, web.closing)
        #expect(try story.connection().closedBy == .both)
        story.sample(at: 3_000_000, web.timeWait(left: 60_000))
        let life = try story.connection()
        #expect(life.closedBy == .both)
        #expect(life.closeKind == .fin)
        // 60 s left: entered within the dump, or a jiffy and a late tick before it.
        #expect(life.timeWait?.entered == between(2_995_500, 3_001_000))
        #expect(life.closed == between(2_000_000, 3_001_000))
    }

    @Test("a late narrowing of TIME_WAIT's entry moves the end of the last stay with it")
    func narrowedLeft() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.finWait1)
        story.sample(at: 2_000_000, web.timeWait(left: 59_500))
        story.sample(at: 3_003_000, web.timeWait(left: 58_500))
        story.flush()
        let life = try story.connection()
        #expect(life.timeWait?.entered == between(1_498_500, 1_505_500))
        // An unseen FIN-WAIT-2 may lie between.
        #expect(life.spans.last?.left == between(1_000_000, 1_505_500))
        #expect(life.closed == between(1_000_000, 1_505_500))
    }

    @Test("only stays that are new or changed are to be written")
    func firstDirtySpan() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.closeWait)
        #expect(try story.connection().firstDirtySpan == 0)
        story.sample(at: 3_000_000, web.lastAck)
        #expect(try story.connection().firstDirtySpan == 1)
        story.sample(at: 4_000_000)
        #expect(try story.connection().firstDirtySpan == 2)
    }
}
