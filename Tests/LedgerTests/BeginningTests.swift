import Ledger
import Model
import Testing

@Suite("The beginning of a connection")
struct BeginningTests {
    private let web = Flow(1)

    @Test("open before the recording has no earliest moment")
    func leftCensored() throws {
        var story = Script()
        story.sample(at: 5_000_000, web.estab)
        #expect(try story.connection().opened == between(nil, 5_001_000))
        #expect(try story.connection().attempted == between(nil, 5_001_000))
        #expect(story.active + story.passive + story.unattributed == 0)
    }

    @Test("is as old as its longest idle time at the least")
    func leastAge() throws {
        var story = Script()
        let idle = web.estab.idle(sent: 30_000, received: 40_000, acknowledged: 20_000)
        story.sample(at: 100_000_000, idle)
        // 100.001 s - 40 s, and 4 ms + 0.5 ms + 1 ms for what the clock of tcp_info leaves open.
        #expect(try story.connection().opened == between(nil, 60_006_500))
        #expect(try story.connection().attempted == between(nil, 60_006_500))
    }

    @Test("a dump that missed it is no evidence of absence once its age is known")
    func missedAtFirst() throws {
        var story = Script()
        story.sample(at: 1_000_000)
        story.sample(at: 2_000_000)
        story.sample(at: 3_000_000, web.estab.idle(received: 1_500))
        #expect(try story.connection().opened == between(1_000_000, 1_506_500))
        #expect(story.unattributed == 1)
    }

    @Test("a broken dump is no evidence of absence for a later one")
    func brokenDumpProvesNoAbsence() throws {
        var story = Script()
        story.sample(at: 1_000_000)
        story.sample(at: 2_000_000, complete: false)
        story.sample(at: 3_000_000, web.estab)
        #expect(try story.connection().opened == between(1_000_000, 3_001_000))
    }

    @Test("before the first whole dump everything is left-censored")
    func nothingButBrokenDumps() throws {
        var story = Script()
        story.sample(at: 1_000_000, complete: false)
        story.sample(at: 2_000_000, web.estab, complete: false)
        story.sample(at: 3_000_000, web.estab, Flow(2, port: 2).estab)
        #expect(try story.connection(1).opened == between(nil, 2_001_000))
        #expect(try story.connection(2).opened == between(nil, 3_001_000))
        #expect(story.unattributed == 0)
    }

    @Test("seen from SYN-SENT on has bounds for the attempt and for ESTAB")
    func fromSynSent() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.synSent)
        #expect(try story.connection().attempted == between(0, 1_001_000))
        #expect(try story.connection().opened == .unknown)
        story.sample(at: 2_000_000, web.synSent)
        story.sample(at: 3_000_000, web.estab)
        let life = try story.connection()
        #expect(life.attempted == between(0, 1_001_000))
        #expect(life.opened == between(2_000_000, 3_001_000))
        #expect(life.role == .client)
        #expect(life.spans.map(\.state) == [.synSent, .established])
        #expect(
            life.spans.map(\.entered) == [between(0, 1_001_000), between(2_000_000, 3_001_000)])
        #expect(life.spans.map(\.firstSample) == [2, 4])
        #expect(life.spans.map(\.lastSample) == [3, nil])
        #expect(story.active == 1)
    }

    @Test("an attempt that never opened has no opening")
    func refused() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.synSent)
        story.sample(at: 2_000_000)
        let life = try story.connection()
        #expect(life.opened == .unknown)
        #expect(life.closed == between(1_000_000, 2_001_010))
        #expect(life.closedBy == .unknown)
        #expect(life.closeKind == .unknown)
        #expect(story.active == 1)
    }

    @Test(
        "an attempt that is past ESTAB at the next look did open",
        arguments: [
            Flow(1).closeWait, Flow(1).finWait1, Flow(1).orphan(), Flow(1).timeWait(left: 60_000),
        ])
    func openedBetween(next: SocketRow) throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.synSent)
        story.sample(at: 2_000_000, next)
        #expect(try story.connection().opened == between(1_000_000, 2_001_000))
        #expect(story.records.count == 1)
    }

    @Test("an attempt that both ends made at once passes through SYN-RECV")
    func simultaneousOpen() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.synSent)
        let table = story.sample(at: 2_000_000, web.row(.synReceived)) { _ in
            .found(self.web.row(.synReceived))
        }
        #expect(table.states.total == 1)
        story.sample(at: 3_000_000, web.estab)
        #expect(story.records.count == 1)
        let life = try story.connection()
        #expect(life.opened == between(2_000_000, 3_001_000))
        #expect(life.spans.map(\.state) == [.synSent, .synReceived, .established])
        #expect(story.active == 1)
    }
}
