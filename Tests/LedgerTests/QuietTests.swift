import Ledger
import Model
import Testing

@Suite("What does not change")
struct QuietTests {
    @Test("a still table yields no change, however often it is looked at")
    func still() {
        let orphan = Flow(4, port: 4)
        let rows = [
            Flow(1, port: 1).estab.octets(sent: 5, acknowledged: 6, received: 7),
            Flow(2, port: 2).closeWait.queues(receive: 9), Flow(3, port: 3).synSent,
            Flow(5, port: 5).row(.established, inode: 0), listening(6, waiting: 2),
            Flow(7, port: 7).synReceived, Flow(8, port: 8).orphan(),
        ]
        var story = Script()
        story.dump(at: 0, rows + [orphan.finWait1])
        story.dump(at: 1_000_000, rows + [orphan.row(.finWait1, inode: 0)], owners: [1: [1]])
        story.dump(at: 2_000_000, rows + [orphan.row(.finWait1, inode: 0)], owners: [1: [1]])
        story.dump(at: 3_000_000, rows + [orphan.row(.finWait1, inode: 0)], owners: [1: [1]])
        for second in Int64(4)..<80 {  // what moved in the beginning is written by then
            story.dump(at: second * 1_000_000, rows + [orphan.row(.finWait1, inode: 0)])
        }
        for second in Int64(80)..<300 {
            let result = story.dump(
                at: second * 1_000_000, rows + [orphan.row(.finWait1, inode: 0)])
            #expect(result.changes.isEmpty)
        }
        #expect(story.flush().isEmpty)
    }

    @Test("a TIME_WAIT that only waits yields no change")
    func waiting() {
        var story = Script()
        let web = Flow(1)
        story.sample(at: 0, web.timeWait(left: 60_000))
        for second in Int64(1)..<60 {
            let left = UInt32(60_000 - second * 1_000)
            let result = story.sample(at: second * 1_000_000, web.timeWait(left: left))
            #expect(result.changes.isEmpty)
        }
        for second in Int64(60)..<62 {
            let result = story.sample(at: second * 1_000_000, web.timeWait(left: 0))
            #expect(result.changes.isEmpty)
        }
        #expect(story.flush().isEmpty)
    }

    @Test("octets that move are written within 64 samples, not in each of them")
    func moving() throws {
        var story = Script()
        let flows = (1...100).map { Flow(UInt64($0), port: UInt16($0)) }
        story.dump(at: 0, flows.map { $0.estab.octets() })
        var written: [Int64: Int] = [:]
        for second in Int64(1)...64 {
            let rows = flows.map { $0.estab.octets(received: UInt64(second)) }
            for case .alive(let record) in story.dump(at: second * 1_000_000, rows).changes {
                written[record.id, default: 0] += 1
            }
        }
        #expect(written.count == 100)
        #expect(written.values.allSatisfy { $0 == 1 })
    }

    @Test("what moved last is written at the end of the recording")
    func flushed() throws {
        var story = Script()
        let web = Flow(1)
        story.sample(at: 0, web.estab.octets(received: 1))
        story.sample(at: 1_000_000, web.estab.octets(received: 2).queues(receive: 90, send: 70))
        story.sample(at: 2_000_000, web.estab.octets(received: 3).queues(receive: 5))
        #expect(story.flush().count == 1)
        let life = try story.connection()
        #expect(life.bytesReceived == 3)
        #expect(life.receiveQueuePeak == 90)
        #expect(life.sendQueuePeak == 70)
        #expect(story.flush().isEmpty)
    }
}
