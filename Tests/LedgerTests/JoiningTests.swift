import Ledger
import Model
import Testing

@Suite("Events and dumps of one connection")
struct JoiningTests {
    private let web = Flow(1)

    @Test("a life that no dump met is recorded exactly")
    func betweenDumps() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 300_000, 300_400)
        story.enters(.closeWait, from: .established, at: 301_000)
        story.enters(.lastAck, from: .closeWait, at: 301_100)
        story.enters(
            .close, from: .lastAck, at: 301_500,
            final: Story.final(sent: 10, acknowledged: 12, received: 21))
        story.script.sample(at: 1_000_000)

        let life = try story.script.connection()
        #expect(life.tuple == web.tuple)
        #expect(life.attempted == Bounds(exactly: 300_000))
        #expect(life.opened == Bounds(exactly: 300_400))
        #expect(life.closed == Bounds(exactly: 301_500))
        #expect(life.role == .client)
        #expect(life.closedBy == .peer)
        #expect(life.closeKind == .fin)
        #expect(life.bytesSent == 10)
        #expect(life.bytesReceived == 20)
        #expect(life.firstSample == nil)
        #expect(life.closing == ClosingSteps(began: 301_000, half: 301_100))
        #expect(story.script.ended == [1])
        #expect(story.script.active == 1)
    }

    @Test("a dump that shows it before its first event is told does not double it")
    func dumpBeforeEvent() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.script.sample(at: 1_000_000, web.estab)
        // The SYN went while the dump was under way.
        story.opens(at: 1_000_200, 1_000_500)
        story.script.sample(at: 2_000_000, web.estab)

        #expect(story.script.records.count == 1)
        #expect(try story.script.connection().attempted == Bounds(exactly: 1_000_200))
        #expect(try story.script.connection().opened == Bounds(exactly: 1_000_500))
        #expect(story.script.active + story.script.unattributed == 1)
    }

    @Test("a row that was read before its end and comes after it does not double it")
    func staleRow() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 500_000, 500_400)
        // Read at the dump's very start, at 1.000 s; told of at its end.
        story.tells(.receivedReset(.established), at: 1_000_298)
        story.enters(
            .close, from: .established, at: 1_000_300, final: Story.final(error: 104))
        story.script.sample(at: 1_000_000, web.estab)
        story.script.sample(at: 2_000_000)

        #expect(story.script.records.count == 1)
        #expect(try story.script.connection().closed == Bounds(exactly: 1_000_300))
        #expect(try story.script.connection().closeKind == .reset)
        #expect(try story.script.connection().closedBy == .peer)
        #expect(story.script.ended == [1])
    }

    @Test("what a dump finds although events should have told it is drift")
    func drift() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.script.sample(at: 1_000_000, web.estab)
        #expect(story.script.ledger.drift == 0)
        // One that nobody told of, and the end of the one that was told of.
        story.script.sample(at: 2_000_000, Flow(2, port: 40_001).estab)
        #expect(story.script.ledger.drift == 2)
    }

    @Test("what a dump finds after a loss of events is no drift")
    func lossIsNoDrift() throws {
        var story = Story(web)
        story.script.sample(at: 0, web.estab)
        story.script.ledger.noteLoss(of: .events, from: 400_000, until: 500_000)
        story.script.sample(at: 9_000_000, Flow(2, port: 40_001).estab)
        #expect(story.script.ledger.drift == 0)
    }

    @Test("a reconnect keeps its cookie: what was told of each stays with it")
    func reconnect() throws {
        var story = Story(web)
        let next = Flow(1, port: 40_001)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.enters(.close, from: .established, at: 600_000)
        story.tells(.sentReset(.close), at: 600_002)
        story.opens(at: 600_100, 600_500, next)
        story.script.sample(at: 1_000_000, next.estab)

        #expect(try story.script.connection(1).tuple == web.tuple)
        #expect(try story.script.connection(1).closed == Bounds(exactly: 600_000))
        #expect(try story.script.connection(1).closeKind == .reset)
        #expect(try story.script.connection(1).closedBy == .local)
        #expect(try story.script.connection(2).tuple == next.tuple)
        #expect(try story.script.connection(2).opened == Bounds(exactly: 600_500))
        #expect(story.script.ended == [1])
        #expect(story.script.active == 2)
    }

    @Test("a reset that is told behind the end amends it, though a sample ended between")
    func resetBehindSample() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.script.sample(at: 1_000_000, web.estab)
        story.enters(.close, from: .established, at: 1_999_999)
        story.script.sample(at: 2_000_000)
        #expect(try story.script.connection().closeKind == .aborted)
        story.tells(.sentReset(.close), at: 2_000_001)
        story.script.sample(at: 3_000_000)
        #expect(try story.script.connection().closeKind == .reset)
        #expect(try story.script.connection().closedBy == .local)
        #expect(try story.script.connection().closed == Bounds(exactly: 1_999_999))
        #expect(story.script.records.count == 1)
        // The end, and the end amended.
        #expect(story.script.ended == [1, 1])
    }

    @Test("a reset behind the end of the full socket takes back a TIME-WAIT that had no room")
    func resetInsteadOfTimeWait() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.enters(.finWait1, from: .established, at: 200_000)
        story.enters(.finWait2, from: .finWait1, at: 200_300)
        story.enters(.close, from: .finWait2, at: 900_000)
        story.tells(.sentReset(.close), at: 900_002)
        story.script.sample(at: 1_000_000)
        #expect(try story.script.connection().closeKind == .reset)
        #expect(try story.script.connection().timeWait == nil)
    }

    @Test("a reset of a next attempt on the cookie is not one of the connection before")
    func resetOfAnother() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.enters(.close, from: .established, at: 200_000)
        story.tells(.sentReset(.close), at: 300_000)
        story.script.sample(at: 1_000_000)
        #expect(try story.script.connection().closeKind == .aborted)
        #expect(story.script.ledger.lateEvents == 1)
    }

    @Test("an event that comes behind a dump is as good as lost: silence proves nothing around it")
    func lateIsLost() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.script.sample(at: 1_000_000, web.estab)
        story.tells(.receivedReset(.established), at: 999_999)
        story.enters(.close, from: .established, at: 1_000_001)
        story.script.sample(at: 2_000_000)
        #expect(story.script.ledger.lateEvents == 1)
        #expect(try story.script.connection().closed == Bounds(exactly: 1_000_001))
        // Without the loss it would be this end's own doing.
        #expect(try story.script.connection().closeKind == .unknown)
        #expect(try story.script.connection().closedBy == .unknown)
    }

    @Test("an attempt that its application closes is aborted, counts, and never opened")
    func attemptClosed() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.enters(.synSent, from: .close, at: 900_000)
        story.script.sample(at: 1_000_000, web.synSent)
        story.enters(.close, from: .synSent, at: 1_500_000)
        story.script.sample(at: 2_000_000)
        let life = try story.script.connection()
        #expect(life.closeKind == .aborted)
        #expect(life.closedBy == .local)
        #expect(life.opened == .unknown)
        #expect(life.closed == Bounds(exactly: 1_500_000))
        #expect(story.script.active == 1)
        #expect(story.script.ended == [1])
    }

    @Test("a SYN-SENT on a cookie that lives ends what was there, though its close was lost")
    func reconnectWithoutClose() throws {
        var story = Story(web)
        let next = Flow(1, port: 40_001)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.script.ledger.noteLoss(of: .events, from: 500_000, until: 600_000)
        story.opens(at: 700_000, 700_500, next)
        // Two dumps without a TIME_WAIT of the first: there was none.
        for second in Int64(1)...2 { story.script.sample(at: second * 1_000_000, next.estab) }

        let first = try story.script.connection(1)
        #expect(first.closed.earliest ?? .max <= 500_000)
        #expect(first.closed.latest == 700_000)
        #expect(first.closeKind == .unknown)
        #expect(try story.script.connection(2).attempted == Bounds(exactly: 700_000))
        #expect(story.script.records.count == 2)
    }

    @Test("a lost close leaves bounds from the last evidence to the look that misses it")
    func lostClose() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.script.sample(at: 1_000_000, web.estab)
        story.script.ledger.noteLoss(of: .events, from: 1_500_000, until: 1_600_000)
        story.script.sample(at: 2_000_000)

        #expect(try story.script.connection().closed == between(1_000_000, 2_001_010))
        #expect(try story.script.connection().closeKind == .unknown)
        #expect(try story.script.connection().closedBy == .unknown)
        #expect(story.script.ended == [1])
    }

    @Test("a lost close and then a new incarnation of the 4-tuple are two connections")
    func lostCloseThenIncarnation() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 100_000, 100_400)
        story.script.ledger.noteLoss(of: .events, from: 500_000, until: 600_000)
        story.opens(at: 700_000, 700_500, Flow(2))
        story.script.sample(at: 1_000_000, Flow(2).estab)
        story.script.sample(at: 2_000_000, Flow(2).estab)

        #expect(story.script.records.count == 2)
        #expect(story.script.ended == [1])
        let closed = try story.script.connection(1).closed
        #expect(closed.contains(550_000))
        #expect(try story.script.connection(2).opened == Bounds(exactly: 700_500))
    }

    @Test("an attempt whose port is not known yet is not taken for gone")
    func attemptWithoutPort() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.enters(.synSent, from: .close, at: 900_000)
        // The kernel finds no socket by port 0.
        story.script.sample(at: 1_000_000)
        story.script.sample(at: 2_000_000, web.synSent)
        story.enters(.established, from: .synSent, at: 2_500_000)
        story.script.sample(at: 3_000_000, web.estab)

        #expect(story.script.records.count == 1)
        #expect(story.script.ended.isEmpty)
        #expect(try story.script.connection().attempted == Bounds(exactly: 900_000))
        #expect(try story.script.connection().opened == Bounds(exactly: 2_500_000))
        #expect(try story.script.connection().tuple == web.tuple)
    }

    @Test("an attempt that the last dump does not show is over when the recording ends")
    func attemptAtTheEnd() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.enters(.synSent, from: .close, at: 900_000)
        story.script.ledger.noteLoss(of: .events, from: 900_001, until: 1_500_000)
        story.script.sample(at: 2_000_000)
        #expect(story.script.ended.isEmpty)
        story.script.flush()
        #expect(story.script.ended == [1])
        let closed = try story.script.connection().closed
        #expect(closed.contains(905_000))
        #expect(try #require(closed.latest) <= 2_001_010)
    }

    @Test("an attempt that found no free port is none for the kernel, and counts for nothing")
    func notSent() throws {
        var story = Story(Flow(1, port: 0))
        story.script.sample(at: 0)
        story.enters(.synSent, from: .close, at: 100_000)
        story.enters(.close, from: .synSent, at: 100_005)
        story.script.sample(at: 1_000_000)
        #expect(try story.script.connection().closeKind == .notSent)
        #expect(story.script.active == 0)
    }
}
