import Ledger
import Model
import Testing

@Suite("A socket that a dump does not show")
struct AbsenceTests {
    private let web = Flow(1)

    @Test("ended between its last sight and the answer that it is gone")
    func gone() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000)
        let life = try story.connection()
        #expect(life.closed == between(1_000_000, 2_001_010))
        #expect(life.lastSample == 1)
        #expect(life.closedBy == .unknown)
        #expect(life.closeKind == .unknown)
    }

    @Test("is asked for by its 4-tuple and cookie")
    func asked() {
        var story = Script()
        var asked: [Absentee] = []
        story.sample(at: 1_000_000, web.estab, Flow(2, port: 2).estab)
        story.sample(at: 2_000_000, Flow(2, port: 2).estab) {
            asked.append($0)
            return .gone
        }
        #expect(asked.map(\.tuple) == [web.tuple])
        #expect(asked.map(\.cookie) == [1])
    }

    @Test("is listed for that sample if an exact request finds it, and stays")
    func found() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        let table = story.sample(at: 2_000_000) { _ in .found(self.web.estab) }
        #expect(story.missed == [[], [1]])
        #expect(table.states[.established] == 1)
        story.sample(at: 3_000_000, web.estab)
        story.sample(at: 4_000_000)
        #expect(story.missed == [[], [1], [], []])
        #expect(try story.connection().closed == between(3_000_000, 4_001_010))
        #expect(try story.connection().lastSample == 3)
        #expect(story.records.count == 1)
    }

    @Test("found by an exact request was there when that was answered")
    func foundNarrows() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000) { _ in .found(self.web.estab) }
        story.sample(at: 3_000_000)
        #expect(try story.connection().closed == between(2_001_000, 3_001_010))
    }

    @Test("found in another state has changed since its last sight")
    func foundChanged() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000) { _ in .found(self.web.closeWait) }
        let span = try #require(try story.connection().spans.last)
        #expect(span.entered == between(1_000_000, 2_001_010))
        #expect(span.firstSample == 2)
    }

    @Test("not asked for is listed, and ends if the next dump does not show it either")
    func overBudget() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000) { _ in nil }
        #expect(story.missed == [[], [1]])
        #expect(story.ended.isEmpty)
        story.sample(at: 3_000_000) { _ in nil }
        #expect(story.missed == [[], [1], []])
        #expect(story.ended == [1])
        #expect(try story.connection().closed == between(1_000_000, 3_001_000))
        #expect(try story.connection().lastSample == 2)
    }

    @Test("not asked for stays if the next dump shows it, and needs two absences again")
    func overBudgetAndBack() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000) { _ in nil }
        story.sample(at: 3_000_000, web.estab)
        story.sample(at: 4_000_000) { _ in nil }
        #expect(story.ended.isEmpty)
        #expect(story.missed == [[], [1], [], [1]])
        #expect(story.records.count == 1)
    }

    @Test("a request that failed proves nothing")
    func unknown() {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000) { _ in .unknown("ENOBUFS") }
        #expect(story.ended.isEmpty)
        #expect(story.missed == [[], [1]])
    }

    @Test("replaced by another cookie at its 4-tuple has ended")
    func replaced() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        story.sample(at: 2_000_000) { _ in .replaced }
        #expect(try story.connection().closed == between(1_000_000, 2_001_010))
        #expect(story.ended == [1])
    }

    @Test("those in doubt since the dump before are asked for first, TIME_WAIT last")
    func order() {
        var story = Script()
        var asked: [UInt64] = []
        let waiting = Flow(1, port: 1)
        let living = Flow(2, port: 2)
        let doubtful = Flow(3, port: 3)
        story.sample(
            at: 1_000_000, waiting.timeWait(left: 50_000), living.estab, doubtful.estab)
        story.sample(at: 2_000_000, waiting.timeWait(left: 49_000), living.estab) { _ in nil }
        story.sample(at: 3_000_000) {
            asked.append($0.cookie)
            return .gone
        }
        #expect(asked == [3, 2, 1])
    }

    @Test("a broken dump closes nothing, and what it does show counts")
    func brokenDump() throws {
        var story = Script()
        let other = Flow(2, port: 2)
        story.sample(at: 1_000_000, web.estab, other.estab, listening(3))
        story.sample(at: 2_000_000, other.closeWait, complete: false) { _ in
            Issue.record("asked after a broken dump")
            return .gone
        }
        #expect(story.ended.isEmpty)
        #expect(try story.listener().lastSeen == nil)
        #expect(try story.connection(2).state == .closeWait)
        story.sample(at: 3_000_000, other.closeWait, listening(3))
        #expect(story.ended == [1])
        #expect(try story.connection(1).closed == between(1_000_000, 3_001_010))
    }

    @Test("a row that comes twice in a dump counts once")
    func duplicates() {
        var story = Script()
        let syn = Flow(9, port: 9).synReceived
        let table = story.sample(
            at: 1_000_000, web.estab, syn, listening(3), web.estab, syn, listening(3))
        #expect(table.states[.established] == 1)
        #expect(table.states[.synReceived] == 1)
        #expect(table.states[.listen] == 1)
        #expect(table.states.total == 3)
        #expect(story.records.count == 1)
        #expect(story.listeners.count == 1)
        #expect(story.ledger.duplicates == 2)
    }
}
