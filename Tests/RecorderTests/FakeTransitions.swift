import Model
import Recorder
import Synchronization

/// Events that a test wrote down, told when their time has come.
final class FakeTransitions: TransitionSource {
    let name = "bpf"
    let tellsTimers = true
    let notes: [SourceNote] = []
    let backlogOctets: Int64 = 0

    private let clock: FakeClock
    private let state: Mutex<State>

    struct State {
        var waiting: [KernelEvent]
        var detail = EventDetail.full
        var details: [EventDetail] = []
        /// Events lost from these moments of the boot clock on, ns.
        var losses: [(moment: Int64, count: UInt64)] = []
        /// Between these moments of the boot clock, ns, the programs take all of a processor.
        var busy: Range<Int64> = 0..<0
    }

    init(clock: FakeClock, _ events: [KernelEvent], arrange: (inout State) -> Void = { _ in }) {
        self.clock = clock
        var state = State(waiting: events)
        arrange(&state)
        self.state = Mutex(state)
    }

    func take(into consume: ([KernelEvent]) -> Void) {
        let now = clock.now().boot
        let due = state.withLock { state in
            let due = state.waiting.filter { $0.bootNanoseconds <= now }
            state.waiting.removeAll { $0.bootNanoseconds <= now }
            return due
        }
        if !due.isEmpty { consume(due) }
    }

    var lost: EventLoss {
        let now = clock.now().boot
        return state.withLock { state in
            EventLoss(states: state.losses.filter { $0.moment <= now }.reduce(0) { $0 + $1.count })
        }
    }

    var cost: EventCost {
        let now = clock.now().boot
        return state.withLock { state in
            let spent = max(0, min(now, state.busy.upperBound) - state.busy.lowerBound)
            let events = spent / 1000
            return EventCost(
                programNanoseconds: spent, seenFull: events, seenEdges: events / 2, told: events)
        }
    }

    var detail: EventDetail {
        get { state.withLock { $0.detail } }
        set {
            state.withLock {
                $0.detail = newValue
                $0.details.append(newValue)
            }
        }
    }

    /// Every detail that was asked for.
    var details: [EventDetail] { state.withLock { $0.details } }
}

/// The events of one connection of this host, as the kernel tells them.
struct Told {
    /// The boot clock when a fake host's recording begins, ns.
    static let start: Int64 = 5_000_000_000

    var cookie: UInt64
    var port: UInt16
    var netns: UInt64 = 1

    var tuple: FourTuple {
        FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x7f00_0001), port),
            peer: Endpoint(IPAddress(ipv4: 0x7f00_0001), 80))
    }

    func event(_ from: TCPState, _ to: TCPState, at milliseconds: Double) -> KernelEvent {
        KernelEvent(
            bootNanoseconds: Self.start + Int64(milliseconds * 1e6),
            kind: .state(from: from, to: to), cookie: cookie, netns: netns, tuple: tuple, uid: 33)
    }

    func reset(_ state: TCPState, at milliseconds: Double) -> KernelEvent {
        var event = event(state, state, at: milliseconds)
        event.kind = .receivedReset(state)
        return event
    }

    /// A client that connects, and whose peer resets it so many ms later.
    func shortLife(at milliseconds: Double, lasts: Double = 2) -> [KernelEvent] {
        [
            event(.close, .synSent, at: milliseconds),
            event(.synSent, .established, at: milliseconds + 0.5),
            reset(.established, at: milliseconds + lasts),
            event(.established, .close, at: milliseconds + lasts + 0.01),
        ]
    }
}
