import Model
import Recorder
import Testing

@Suite("The budget of events")
struct EventBudgetTests {
    /// A host with so many events a second: of each ten, six are edges. A told event costs 500 ns.
    private struct Host {
        var budget: EventBudget
        var detail = EventDetail.full
        var cost = EventCost()
        var boot: Int64 = 1_000_000_000
        /// The details in the order of their coming, and when, ms.
        var changes: [(EventDetail, Int64)] = []

        /// Lets some time pass, in steps of 100 ms.
        mutating func pass(seconds: Int, events: Int64) {
            for _ in 0..<seconds * 10 {
                let full = events / 10
                let edges = full * 6 / 10
                let told = detail == .full ? full : detail == .edges ? edges : 0
                boot += 100_000_000
                cost.seenFull += full
                cost.seenEdges += edges
                cost.told += told
                cost.programNanoseconds += 300 * told
                cost.readerNanoseconds += 200 * told
                let next = budget.observe(cost, at: boot, current: detail)
                if next != detail { changes.append((next, boot / 1_000_000)) }
                detail = next
            }
        }
    }

    @Test("leaves a load alone that costs less")
    func within() {
        // 90,000 events of 500 ns are 4.5 % of a processor.
        var host = Host(budget: EventBudget())
        host.pass(seconds: 60, events: 90_000)
        #expect(host.changes.isEmpty)
    }

    @Test("tells edges alone within two seconds of a load that costs more")
    func over() {
        var host = Host(budget: EventBudget())
        host.pass(seconds: 10, events: 20_000)
        let began = host.boot / 1_000_000
        // 7 % in full, 4.2 % as edges.
        host.pass(seconds: 60, events: 140_000)
        #expect(host.changes.map(\.0) == [.edges])
        #expect((host.changes.first?.1 ?? 0) - began <= 2_000)
    }

    @Test("tells nothing if the edges cost more too, and never flaps")
    func farOver() {
        var host = Host(budget: EventBudget())
        host.pass(seconds: 120, events: 400_000)
        #expect(host.changes.map(\.0) == [.edges, .none])
    }

    @Test("does not mind a burst that is over at once")
    func burst() {
        var host = Host(budget: EventBudget())
        host.pass(seconds: 10, events: 20_000)
        for _ in 0..<5 {
            var burst = host
            burst.pass(seconds: 1, events: 110_000)
            host = burst
            host.pass(seconds: 5, events: 10_000)
        }
        #expect(host.changes.isEmpty)
    }

    @Test("goes back up step by step after the load has gone, seconds later")
    func recovery() {
        var host = Host(budget: EventBudget())
        host.pass(seconds: 20, events: 400_000)
        #expect(host.detail == .none)
        host.changes = []
        let began = host.boot / 1_000_000
        host.pass(seconds: 3, events: 30_000)
        #expect(host.detail == .none)
        host.pass(seconds: 30, events: 30_000)
        #expect(host.changes.map(\.0) == [.edges, .full])
        #expect((host.changes.last?.1 ?? 0) - began >= 10_000)
    }

    @Test("stays down where the higher detail would take nearly all of it")
    func hysteresis() {
        var host = Host(budget: EventBudget())
        host.pass(seconds: 10, events: 140_000)
        #expect(host.detail == .edges)
        // In full 4.5 %: within the budget, but above four fifths of it.
        host.pass(seconds: 60, events: 90_000)
        #expect(host.detail == .edges)
        // 3.5 %.
        host.pass(seconds: 60, events: 70_000)
        #expect(host.detail == .full)
        #expect(host.changes.map(\.0) == [.edges, .full])
    }

    @Test("is a share that the caller chooses, or none")
    func share() {
        var generous = Host(budget: EventBudget(share: 0.3))
        generous.pass(seconds: 60, events: 400_000)
        #expect(generous.changes.isEmpty)
        var boundless = Host(budget: EventBudget(share: nil))
        boundless.pass(seconds: 60, events: 40_000_000)
        #expect(boundless.changes.isEmpty)
    }

    @Test("ignores a clock that stands still")
    func still() {
        var budget = EventBudget()
        let cost = EventCost(programNanoseconds: 1_000_000_000, seenFull: 10, told: 10)
        #expect(budget.observe(EventCost(), at: 5, current: .full) == .full)
        #expect(budget.observe(cost, at: 5, current: .full) == .full)
        #expect(budget.observe(cost, at: 4, current: .edges) == .edges)
    }
}
