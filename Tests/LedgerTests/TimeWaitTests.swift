import Ledger
import Model
import Testing

@Suite("A TIME_WAIT")
struct TimeWaitTests {
    private let web = Flow(1)

    @Test("after two sights of ESTAB has bounds from its timer")
    func regularLife() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.estab)
        // 600 ms of the 60 s are over: entered at 2.4 s, give or take a jiffy and a late tick.
        story.sample(at: 3_000_000, web.timeWait(left: 59_400))
        story.sample(at: 62_000_000, web.timeWait(left: 400))
        story.sample(at: 63_000_000)

        let life = try story.connection()
        #expect(life.attempted == between(0, 1_001_000))
        #expect(life.opened == between(0, 1_001_000))
        #expect(life.closed == between(2_000_000, 2_405_500))
        #expect(life.closedBy == .local)
        #expect(life.closeKind == .fin)
        #expect(life.firstSample == 2)
        #expect(life.lastSample == 5)
        #expect(life.state == .timeWait)
        #expect(life.spans.isEmpty)
        let waiting = try story.timeWait()
        #expect(waiting.entered == between(2_395_500, 2_405_500))
        #expect(waiting.left == between(62_395_500, 63_001_010))
        #expect(waiting.endedBy == .expired)
        #expect(waiting.restarts == 0)
        #expect(waiting.firstSample == 4)
        #expect(story.ended == [1])
        #expect(story.ledger.count == 0)
        #expect(story.ledger.drift == 0)
    }

    @Test("met first between two samples is not censored: it opened and closed between them")
    func metFirst() throws {
        var story = Script()
        story.sample(at: 1_000_000)
        story.sample(at: 2_000_000, web.timeWait(left: 59_900))

        // 100 ms are over: entered at 1.9 s, read up to 1 ms later.
        let life = try story.connection()
        #expect(life.attempted == between(1_000_000, 1_905_500))
        #expect(life.opened == between(1_000_000, 1_905_500))
        #expect(life.closed == between(1_000_000, 1_905_500))
        #expect(life.timeWait?.entered == between(1_895_500, 1_905_500))
        #expect(life.firstSample == 2)
        #expect(life.uid == nil)
    }

    @Test("entered at the very start of the interval is not entered before the last dump")
    func enteredAfterTheDump() throws {
        var story = Script()
        story.sample(at: 1_000_000)
        story.sample(at: 2_000_000, web.timeWait(left: 59_000))
        #expect(try story.timeWait().entered == between(1_000_000, 1_005_500))
    }

    @Test("that was there as the recording began is left-censored, its entry known")
    func leftCensored() throws {
        var story = Script()
        story.sample(at: 50_000_000, web.timeWait(left: 20_000))
        let life = try story.connection()
        #expect(life.opened == between(nil, 10_005_500))
        #expect(life.closed == between(nil, 10_005_500))
        #expect(life.timeWait?.entered == between(9_995_500, 10_005_500))
    }

    @Test("keeps its entry in its timer's lag, when 0 ms are left")
    func timerLag() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_000))
        let entered = try story.timeWait().entered
        #expect(entered == between(-4_500, 5_500))
        story.sample(at: 61_000_000, web.timeWait(left: 0))
        story.flush()
        #expect(try story.timeWait().entered == entered)
        #expect(try story.timeWait().restarts == 0)
        story.sample(at: 62_000_000)
        // It was there at 61 s, which is later than its entry + 60 s.
        #expect(try story.timeWait().left == between(61_000_000, 62_001_010))
        #expect(try story.timeWait().endedBy == .expired)
    }

    @Test("met first in its timer's lag says nothing of its entry but that it was before")
    func metInLag() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 0))
        #expect(try story.timeWait().entered.earliest == nil)
        #expect(try story.timeWait().entered.latest ?? .max <= 1_001_000)
        story.sample(at: 2_000_000)
        #expect(try story.timeWait().endedBy == .expired)
        #expect(try story.timeWait().left == between(1_000_000, 2_001_010))
    }

    @Test("narrows its entry with each look")
    func narrows() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_000))
        // The timer shows whole jiffies: this one says 3 ms later than the first.
        story.sample(at: 2_003_000, web.timeWait(left: 58_000))
        story.flush()
        #expect(try story.timeWait().entered == between(-1_500, 5_500))
        #expect(try story.connection().closed == between(nil, 5_500))
        // 4 ms earlier than the first.
        story.sample(at: 2_996_000, web.timeWait(left: 57_000))
        story.flush()
        #expect(try story.timeWait().entered == between(-1_500, 1_500))
        #expect(try story.connection().closed == between(nil, 1_500))
        #expect(try story.connection().opened == between(nil, 1_500))
        #expect(try story.connection().attempted == between(nil, 1_500))
        #expect(story.ledger.drift == 0)
    }

    @Test("restarted by a late FIN counts its 60 s anew, and is not cut short")
    func restarted() throws {
        var story = Script()
        story.sample(at: 0)
        story.sample(at: 1_000_000, web.timeWait(left: 59_900))
        story.sample(at: 20_000_000, web.timeWait(left: 40_900))
        story.sample(at: 30_000_000, web.timeWait(left: 55_000))
        let waiting = try story.timeWait()
        #expect(waiting.entered == between(895_500, 905_500))
        #expect(waiting.latestEntry == between(24_995_500, 25_005_500))
        #expect(waiting.restarts == 1)

        // A look at another phase of the jiffy narrows the latest entry to 24.9985 s, not the first.
        story.sample(at: 40_003_000, web.timeWait(left: 45_000))
        story.sample(at: 84_000_000, web.timeWait(left: 1_000))
        story.sample(at: 86_000_000)
        #expect(try story.timeWait().endedBy == .expired)
        #expect(try story.timeWait().left == between(84_998_500, 86_001_010))
        #expect(try story.timeWait().entered == between(895_500, 905_500))
        #expect(try story.connection().closed == between(0, 905_500))
    }

    @Test("counts a restart only if no tick can have come so late")
    func lateTick() throws {
        // The first look says 5.5 ms at the latest, the second 15.5 ms at the earliest.
        for (moment, restarts) in [(2_020_000, 0), (2_020_001, 1)] as [(Int64, Int64)] {
            var story = Script()
            story.sample(at: 1_000_000, web.timeWait(left: 59_000))
            story.sample(at: moment, web.timeWait(left: 58_000))
            story.flush()
            #expect(try story.timeWait().restarts == restarts)
            #expect(try story.timeWait().entered == between(-4_500, 5_500))
        }
    }

    @Test("that ends before its 60 s without a successor was cut short")
    func cutShort() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_000))
        story.sample(at: 2_000_000)
        #expect(try story.timeWait().endedBy == .cutShort)
        #expect(try story.timeWait().left == between(1_000_000, 2_001_010))
    }

    @Test("that cannot have been over by a microsecond was cut short; by the next it expired")
    func dueToTheMicrosecond() throws {
        // Entered at -4.5 ms at the earliest: due at 59.9955 s. Requests end 1.01 ms late.
        for (moment, end) in [
            (59_994_489, TimeWaitEnd.cutShort), (59_994_490, .expired),
        ] as [(Int64, TimeWaitEnd)] {
            var story = Script()
            story.sample(at: 1_000_000, web.timeWait(left: 59_000))
            story.sample(at: moment)
            #expect(try story.timeWait().endedBy == end)
        }
    }

    @Test("whose 4-tuple comes back with another cookie was reused")
    func reused() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_000))
        story.sample(at: 2_000_000, Flow(2).estab)
        #expect(try story.timeWait().endedBy == .reused)
        #expect(try story.timeWait().left == between(1_000_000, 2_001_010))
        #expect(try story.connection(2).opened == between(1_000_000, 2_001_000))
        #expect(story.ended == [1])
    }

    @Test("whose 4-tuple is in a handshake was reused, though its successor is not open yet")
    func reusedInHandshake() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_000))
        story.sample(at: 2_000_000, Flow(2).synReceived)
        #expect(try story.timeWait().endedBy == .reused)
        #expect(story.ended == [1])
        #expect(story.records.count == 1)
    }

    @Test("that an exact request finds replaced was reused")
    func replaced() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_000))
        story.sample(at: 2_000_000) { _ in .replaced }
        #expect(try story.timeWait().endedBy == .reused)
    }

    @Test("whose successor was met while there was no time to ask was reused all the same")
    func reusedOverBudget() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_000))
        story.sample(at: 2_000_000, Flow(2).estab) { _ in nil }
        story.sample(at: 3_000_000, Flow(2).estab) { _ in nil }
        #expect(try story.timeWait().endedBy == .reused)
    }

    @Test("that began before the host slept keeps its entry: timers sleep too")
    func sleepingHost() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000, web.timeWait(left: 59_500))
        let entered = try story.timeWait(1).entered
        // Asleep from 3 s to 103 s: the timer stood still.
        story.ledger.noteSleep(woke: 103_000_000, length: 100_000_000)
        story.sample(at: 104_000_000, web.timeWait(left: 57_500))
        #expect(try story.timeWait(1).restarts == 0)
        #expect(entered.contains(1_500_000))
        #expect(try story.timeWait(1).entered.contains(1_500_000))
    }
}
