import Ledger
import Model
import Testing

@Suite("Attempts recorded")
struct CoverageTests {
    @Test("count once each by their role, and never what was open before")
    func counts() {
        var story = Script()
        let before = Flow(1, port: 1)
        let attemptBefore = Flow(2, port: 2)
        story.sample(at: 0, before.estab, attemptBefore.synSent, listening(9))
        #expect([story.active, story.passive, story.unattributed] == [0, 0, 0])

        let client = Flow(3, port: 3)
        let server = Flow(4, port: 80, peerPort: 4)
        let either = Flow(5, port: 5)
        let rows = [before.estab, attemptBefore.estab, listening(9), server.estab]
        story.dump(at: 1_000_000, rows + [client.synSent, either.estab])
        #expect([story.active, story.passive, story.unattributed] == [1, 1, 1])

        // Later evidence of a role does not count anything again, nor does the end.
        story.dump(at: 2_000_000, rows + [client.estab, either.estab.octets(acknowledged: 1)])
        story.sample(at: 3_000_000)
        story.flush()
        #expect([story.active, story.passive, story.unattributed] == [1, 1, 1])
        #expect(story.ended.count == 5)
    }

    @Test("count a TIME_WAIT that was met first, unless it was there at the beginning")
    func timeWaits() {
        var story = Script()
        story.sample(at: 0, Flow(1, port: 1).timeWait(left: 50_000))
        story.sample(
            at: 1_000_000, Flow(1, port: 1).timeWait(left: 49_000),
            Flow(2, port: 2).timeWait(left: 59_900))
        #expect([story.active, story.passive, story.unattributed] == [0, 0, 1])
    }

    @Test("count an old connection that the first dump missed as open before")
    func missedByTheFirstDump() {
        var story = Script()
        story.sample(at: 5_000_000)
        story.sample(at: 6_000_000, Flow(1).estab.idle(received: 3_000))
        #expect([story.active, story.passive, story.unattributed] == [0, 0, 0])
    }

    @Test("ids ascend with first sights and go on where the file ends")
    func ids() throws {
        var next = NextIdentifiers()
        next.connection = 501
        let numbering = Numbering(next)
        var ledger = ConnectionLedger(netns: 7, numbering: numbering)
        ledger.beginSample(1)
        ledger.observe(
            [Flow(1, port: 1).estab, Flow(2, port: 2).estab], in: Window(earliest: 0, latest: 1))
        _ = ledger.endDump(Window(earliest: 0, latest: 1), complete: true)
        let records = ledger.endSample().changes.compactMap { change in
            if case .alive(let record) = change { record } else { nil }
        }
        #expect(records.map(\.id) == [501, 502])
        #expect(records.allSatisfy { $0.netns == 7 })
        #expect(numbering.nextConnection == 503)
    }
}
