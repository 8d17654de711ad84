import Ledger
import Model
import Testing

@Suite("A TIME_WAIT whose timer is told")
struct ToldTimeWaitTests {
    private let web = Flow(1)
    private let minute: Int64 = 60_000_000

    /// Opened and closed by this end; its FIN_WAIT2 began at 10 s.
    private func closing(_ flow: Flow) -> Story {
        var story = Story(flow)
        story.script.sample(at: 0)
        story.opens(at: 1_000_000, 1_000_400)
        story.enters(.finWait1, from: .established, at: 9_999_000)
        story.enters(.finWait2, from: .finWait1, at: 10_000_000)
        return story
    }

    @Test("is exact at both ends")
    func exact() throws {
        var story = closing(web)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 12_000_000)
        story.enters(.close, from: .finWait2, at: 12_000_004)
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: -500_000), at: 72_500_000)
        story.tells(.timerExpired(.timeWait, leftMicroseconds: -500_000), at: 72_500_000)
        story.script.sample(at: 73_000_000)
        let waiting = try story.script.timeWait()
        #expect(waiting.entered == Bounds(exactly: 12_000_000))
        #expect(waiting.left == Bounds(exactly: 72_500_000))
        #expect(waiting.endedBy == .expired)
        #expect(waiting.restarts == 0)
        #expect(story.script.records.count == 1)
    }

    @Test("of a life that no sample saw open needs no spans for the steps of its close")
    func fleeting() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 1_000_000, 1_000_400)
        story.enters(.finWait1, from: .established, at: 1_100_000)
        story.enters(.finWait2, from: .finWait1, at: 1_100_200)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 1_101_000)
        story.enters(.close, from: .finWait2, at: 1_101_004)
        story.script.sample(at: 2_000_000, web.timeWait(left: 59_101))
        let life = try story.script.connection()
        #expect(life.spans.isEmpty)
        #expect(life.closing == ClosingSteps(began: 1_100_000, half: 1_100_200))
        #expect(life.firstSample == 2)
        #expect(life.timeWait?.firstSample == 2)
    }

    @Test("after an orphaned FIN_WAIT2 begins with the peer's FIN, and was not restarted")
    func orphanThenTimeWait() throws {
        var story = closing(web)
        story.tells(.timerStarted(.finWait2, leftMicroseconds: minute), at: 10_000_010)
        story.enters(.close, from: .finWait2, at: 10_000_014)
        // The sub-state is written before the timer is taken out (inet_twsk_reschedule).
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: 55_000_000), at: 15_000_000)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 15_000_000)
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: -400_000), at: 75_400_000)
        story.tells(.timerExpired(.timeWait, leftMicroseconds: -400_000), at: 75_400_000)
        story.script.sample(at: 76_000_000)
        let waiting = try story.script.timeWait()
        #expect(waiting.entered == Bounds(exactly: 15_000_000))
        #expect(waiting.left == Bounds(exactly: 75_400_000))
        #expect(waiting.restarts == 0)
        #expect((10_000_010...10_000_014).contains(try story.script.connection().closed.point ?? 0))
    }

    @Test("that began in silence is known to a jiffy by what is left at its end")
    func silentBeginning() throws {
        var story = closing(web)
        story.tells(.timerStarted(.finWait2, leftMicroseconds: minute), at: 10_000_010)
        story.enters(.close, from: .finWait2, at: 10_000_014)
        // Entered at 10.8 s, within the timer's slot of the wheel.
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: -200_000), at: 71_000_000)
        story.tells(.timerExpired(.timeWait, leftMicroseconds: -200_000), at: 71_000_000)
        story.script.sample(at: 72_000_000)
        let waiting = try story.script.timeWait()
        #expect(waiting.entered.contains(10_800_000))
        #expect(waiting.entered.width ?? .max <= 30_000)
        #expect(waiting.endedBy == .expired)
    }

    @Test("restarted by a late FIN is one TIME_WAIT with a restart")
    func restart() throws {
        var story = closing(web)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 10_000_000)
        story.enters(.close, from: .finWait2, at: 10_000_004)
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: 40_000_000), at: 30_000_000)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 30_000_000)
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: 0), at: 90_000_000)
        story.tells(.timerExpired(.timeWait, leftMicroseconds: 0), at: 90_000_000)
        story.script.sample(at: 91_000_000)
        let waiting = try story.script.timeWait()
        #expect(waiting.entered == Bounds(exactly: 10_000_000))
        #expect(waiting.latestEntry == Bounds(exactly: 30_000_000))
        #expect(waiting.restarts == 1)
        #expect(waiting.endedBy == .expired)
    }

    @Test("whose entry is told once more by the packet was not restarted")
    func toldByThePacket() throws {
        var story = closing(web)
        story.tells(.timerStarted(.finWait2, leftMicroseconds: minute), at: 10_000_010)
        story.enters(.close, from: .finWait2, at: 10_000_014)
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: 55_000_000), at: 15_000_000)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 15_000_000)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 15_000_900)
        story.script.sample(at: 16_000_000, web.timeWait(left: 59_000))
        #expect(try story.script.timeWait().entered == Bounds(exactly: 15_000_000))
        #expect(try story.script.timeWait().latestEntry == Bounds(exactly: 15_000_000))
        #expect(try story.script.timeWait().restarts == 0)
        // 10 ms behind its entry it is a restart.
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 25_010_001)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 25_020_001)
        story.script.sample(at: 26_000_000, web.timeWait(left: 59_000))
        #expect(try story.script.timeWait().restarts == 1)
        #expect(try story.script.timeWait().latestEntry == Bounds(exactly: 25_010_001))
    }

    @Test("that begins while its timer stays in its slot is told by the packet alone")
    func toldByThePacketAlone() throws {
        var story = closing(web)
        story.tells(.timerStarted(.finWait2, leftMicroseconds: minute), at: 10_000_010)
        story.enters(.close, from: .finWait2, at: 10_000_014)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 10_800_000)
        story.script.sample(at: 11_000_000, web.timeWait(left: 59_800))
        #expect(try story.script.timeWait().entered == Bounds(exactly: 10_800_000))
        #expect(try story.script.timeWait().restarts == 0)
        #expect((10_000_010...10_000_014).contains(try story.script.connection().closed.point ?? 0))
    }

    @Test("whose 4-tuple opens again was reused, though a sample lies between")
    func reused() throws {
        var story = closing(web)
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 10_000_000)
        story.enters(.close, from: .finWait2, at: 10_000_004)
        let next = Flow(2)
        story.enters(.synSent, from: .close, at: 19_999_990, next)
        story.tells(.timerCancelled(.timeWait, leftMicroseconds: 50_000_000), at: 20_000_000)
        story.script.sample(at: 20_500_000, next.synSent)
        story.enters(.established, from: .synSent, at: 20_600_000, next)
        story.script.sample(at: 21_500_000, next.estab)
        #expect(try story.script.timeWait(1).left == Bounds(exactly: 20_000_000))
        #expect(try story.script.timeWait(1).endedBy == .reused)
        #expect(try story.script.connection(2).opened == Bounds(exactly: 20_600_000))
    }

    @Test("that a dump showed before its timer's start is told of was not restarted")
    func shownFirst() throws {
        var story = closing(web)
        story.script.sample(at: 12_000_000, web.timeWait(left: 60_000))
        story.tells(.timerStarted(.timeWait, leftMicroseconds: minute), at: 12_000_200)
        story.enters(.close, from: .finWait2, at: 12_000_204)
        story.script.sample(at: 13_000_000, web.timeWait(left: 59_000))
        #expect(try story.script.timeWait().restarts == 0)
        #expect(try story.script.timeWait().entered == Bounds(exactly: 12_000_200))
        #expect((12_000_200...12_000_204).contains(try story.script.connection().closed.point ?? 0))
        #expect(try story.script.connection().closed.width ?? .max <= 4)
    }

    @Test("that a dump showed before both ends' closing is told of was closed by both")
    func bothClosed() throws {
        var story = Story(web)
        story.script.sample(at: 0)
        story.opens(at: 1_000_000, 1_000_400)
        story.script.sample(at: 11_000_000, web.estab)
        story.script.sample(at: 12_000_000, web.timeWait(left: 60_000))
        story.enters(.finWait1, from: .established, at: 12_000_050)
        story.enters(.closing, from: .finWait1, at: 12_000_100)
        story.script.sample(at: 13_000_000, web.timeWait(left: 59_000))
        #expect(try story.script.connection().closedBy == .both)
        #expect(story.script.records.count == 1)
    }

    @Test("for which there was no room never was: its end is told")
    func noRoom() throws {
        var story = closing(web)
        story.enters(.close, from: .finWait2, at: 12_000_000)
        story.script.sample(at: 13_000_000)
        #expect(try story.script.timeWait().endedBy == .noRoom)
        #expect(try story.script.timeWait().left == Bounds(exactly: 12_000_000))
    }

    @Test("for which there may have been no room is not told so while timers may be lost")
    func noRoomUncertain() throws {
        var story = closing(web)
        story.script.ledger.noteLoss(of: .events, from: 11_000_000, until: 13_000_000)
        story.enters(.close, from: .finWait2, at: 12_000_000)
        story.script.sample(at: 13_500_000, web.timeWait(left: 58_500))
        #expect(story.script.records.count == 1)
        #expect(try story.script.timeWait().endedBy == .open)
        #expect(try story.script.timeWait().entered.contains(12_000_000))
    }
}
