import Ledger
import Model
import Testing

@Suite("Destroy messages without events")
struct DestroyMessageTests {
    private let web = Flow(1)

    private func listening() -> Script {
        var story = Script()
        story.ledger.hearCloses(true)
        return story
    }

    /// A client that sent 100 octets, received 20 and closed first.
    private func message(_ flow: Flow) -> SocketRow {
        flow.row(.close, inode: 0).octets(sent: 100, acknowledged: 102, received: 21)
    }

    @Test("join a TIME_WAIT of another cookie by 4-tuple and time")
    func otherCookie() throws {
        var story = listening()
        story.sample(at: 1_000_000)
        story.ledger.observe(
            closes: [message(web)], in: Window(earliest: 1_500_500, latest: 1_500_500))
        story.sample(at: 2_000_000, Flow(900).timeWait(left: 59_500))
        story.sample(at: 3_000_000, Flow(900).timeWait(left: 58_500))
        #expect(story.records.count == 1)
        #expect(try story.connection().bytesSent == 100)
        #expect(try story.timeWait().entered.contains(1_500_000))
        #expect(try story.connection().closed.latest ?? .max <= 1_510_000)
    }

    @Test("are left apart where two fit one TIME_WAIT")
    func twoFit() throws {
        var story = listening()
        story.sample(at: 1_000_000)
        story.ledger.observe(
            closes: [message(web), message(Flow(2))],
            in: Window(earliest: 1_500_500, latest: 1_500_500))
        story.sample(at: 2_000_000, Flow(900).timeWait(left: 59_500))
        story.sample(at: 3_000_000, Flow(900).timeWait(left: 58_500))
        #expect(story.records.count == 3)
        let waiting = story.records.values.filter { $0.timeWait != nil }
        #expect(waiting.map(\.cookie) == [900])
    }

    @Test("do not join a TIME_WAIT that began before them by more than their delay")
    func olderTimeWait() throws {
        var story = listening()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.estab)
        story.ledger.observe(
            closes: [message(web)], in: Window(earliest: 2_900_000, latest: 2_900_000))
        // Entered at 1.5 s, as its own full socket was alive at 2 s: another connection's.
        story.sample(at: 3_000_000, Flow(900).timeWait(left: 58_500))
        #expect(story.records.count == 2)
        #expect(try story.connection(1).timeWait == nil)
    }

    @Test("that come long after a reset was seen to have ended it tell nothing new")
    func lateMessage() throws {
        var story = listening()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000)
        // Its application held the dead socket for half a second.
        let dead = web.row(.close, inode: 0).octets(sent: 100, acknowledged: 101, received: 20)
        story.ledger.observe(closes: [dead], in: Window(earliest: 2_500_000, latest: 2_500_000))
        story.sample(at: 3_000_000)
        #expect(story.records.count == 1)
        #expect(try story.connection().closed == between(1_000_000, 2_001_010))
    }
}
