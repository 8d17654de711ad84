import Ledger
import Model
import Testing

@Suite("A table that stands still")
struct StillnessTests {
    private static let flows = (0..<200).map {
        Flow(UInt64($0 + 1), port: UInt16(30_000 + $0))
    }

    private func rows(_ received: UInt64 = 5) -> [SocketRow] {
        Self.flows.map { $0.estab.octets(sent: 3, acknowledged: 4, received: received) }
    }

    @Test("is the same table and no change, in whatever order a dump shows it")
    func order() {
        var story = Script()
        story.sample(at: 0)
        story.dump(at: 1_000_000, rows())
        let orders = [rows(), rows().reversed(), Array(rows()[100...] + rows()[..<100]), rows()]
        for (number, rows) in orders.enumerated() {
            let result = story.dump(at: Int64(2 + number) * 1_000_000, rows)
            #expect(result.changes.isEmpty)
            #expect(result.states.total == 200)
        }
        #expect(story.ledger.count == 200)
        #expect(story.ledger.duplicates == 0)
        #expect(story.records.count == 200)
    }

    @Test("tells which one socket changed, which went, and which a dump showed twice")
    func oneOfMany() throws {
        var story = Script()
        story.sample(at: 0)
        story.dump(at: 1_000_000, rows())
        var changed = rows()
        changed[70] = changed[70].octets(sent: 3, acknowledged: 4, received: 900)
        changed.append(changed[10])
        changed.remove(at: 120)
        let result = story.dump(at: 2_000_000, changed)
        story.dump(at: 3_000_000, changed.dropLast())
        story.flush()

        #expect(result.states.total == 199)
        #expect(story.ledger.duplicates == 1)
        #expect(story.ended == [121])
        #expect(story.records[71]?.bytesReceived == 900)
        #expect(story.records[70]?.bytesReceived == 5)
        #expect(story.records[121]?.closed == between(1_000_000, 2_001_010))
    }

    @Test("keeps its numbers through dumps that ask for none, and takes note of a full queue")
    func withoutInfo() {
        var story = Script()
        story.sample(at: 0)
        story.dump(at: 1_000_000, rows())
        var bare = Self.flows.map(\.estab)
        let still = story.dump(at: 2_000_000, bare)
        bare[3].receiveQueue = 77
        story.dump(at: 3_000_000, bare)
        story.dump(at: 4_000_000, rows(6))
        story.flush()

        #expect(still.changes.isEmpty)
        #expect(still.states.total == 200)
        #expect(story.records[4]?.receiveQueuePeak == 77)
        #expect(story.records[5]?.receiveQueuePeak == 0)
        #expect(story.records[4]?.bytesReceived == 6)
        #expect(story.records[4]?.bytesSent == 3)
    }

    @Test("holds a TIME_WAIT still only while its timer tells nothing new")
    func timer() throws {
        var story = Script()
        let web = Flow(1)
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.timeWait(left: 59_900))
        for second in 2...10 as ClosedRange<Int64> {
            let left = UInt32(60_900 - second * 1_000)
            story.sample(at: second * 1_000_000, web.timeWait(left: left))
        }
        let before = try story.timeWait().restarts
        // A late FIN began it anew at 10.5 s.
        story.sample(at: 11_000_000, web.timeWait(left: 59_500))
        story.sample(at: 12_000_000, web.timeWait(left: 58_500))
        story.sample(at: 13_000_000)

        #expect(before == 0)
        let waiting = try story.timeWait()
        #expect(waiting.restarts == 1)
        #expect(waiting.entered == between(895_500, 905_500))
        #expect(waiting.endedBy == .cutShort)
    }

    @Test("finds the later of two lives of one name, while the earlier is not yet gone")
    func oneName() throws {
        var story = Script()
        let web = Flow(1)
        story.ledger.hear(.full, timers: true, from: 0)
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.estab, Flow(2, port: 9).estab)
        // The end was not told, and whether a TIME_WAIT was left only a dump can say.
        let again = KernelEvent(
            bootNanoseconds: 0, kind: .state(from: .close, to: .synSent), cookie: 1, netns: 7,
            tuple: web.tuple)
        story.ledger.observe(again, at: 1_500_000, process: nil)
        let result = story.sample(at: 2_000_000, web.row(.synSent), Flow(2, port: 9).estab)
        story.sample(at: 3_000_000, web.row(.synSent), Flow(2, port: 9).estab)

        #expect(result.states[.synSent] == 1)
        #expect(result.states[.established] == 1)
        #expect(story.ledger.duplicates == 0)
        #expect(story.records[3]?.firstSample == 3)
        #expect(story.records[1]?.lastSample == 2)
    }
}
