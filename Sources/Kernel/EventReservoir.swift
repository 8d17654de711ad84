internal import Glibc
internal import Model
internal import Synchronization

/// Events that wait to be taken, and the source they come from, behind one lock.
final class EventReservoir: Sendable {
    /// How many events may wait: 256 MiB of them.
    static let capacity = (256 << 20) / MemoryLayout<KernelEvent>.stride

    private struct State {
        let source: EventSource
        let capacity: Int
        var pieces = EventPieces()
        /// Processor time of the thread that fills, ns.
        var fillingNanoseconds: Int64 = 0
        /// Processor time of others' draining, ns.
        var takingNanoseconds: Int64 = 0

        init(_ source: EventSource, capacity: Int) {
            self.source = source
            self.capacity = capacity
        }

        mutating func drain() { source.drain(into: &pieces) }
    }

    private let state: Mutex<State>

    init(_ source: sending EventSource, capacity: Int) {
        state = Mutex(State(source, capacity: capacity))
    }

    /// Drains the ring, if there is room. One ring's worth may come on top of the capacity.
    func fill() {
        state.withLock { state in
            if state.pieces.count < state.capacity { state.drain() }
            state.fillingNanoseconds = Self.threadNanoseconds()
        }
    }

    /// Gives what waits here and in the ring.
    func takeAll() -> [[KernelEvent]] {
        state.withLock { state in
            let before = Self.threadNanoseconds()
            state.drain()
            let pieces = state.pieces.take()
            state.takingNanoseconds += Self.threadNanoseconds() - before
            return pieces
        }
    }

    /// Keeps the memory of what was taken, emptied, for what comes.
    func reuse(_ empty: sending [[KernelEvent]]) { state.withLock { $0.pieces.reuse(empty) } }

    var lost: EventLoss { state.withLock { $0.source.lost } }

    var cost: EventCost {
        state.withLock { state in
            var cost = state.source.cost
            cost.readerNanoseconds = state.fillingNanoseconds + state.takingNanoseconds
            return cost
        }
    }

    var detail: EventDetail {
        get { state.withLock { $0.source.detail } }
        set { state.withLock { $0.source.detail = newValue } }
    }

    var backlogOctets: Int64 {
        state.withLock { Int64($0.pieces.count * MemoryLayout<KernelEvent>.stride) }
    }

    /// Processor time of this thread, ns.
    private static func threadNanoseconds() -> Int64 {
        var moment = timespec()
        // Unsafe: the struct is on the stack for the length of the call.
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &moment)
        return Int64(moment.tv_sec) * 1_000_000_000 + Int64(moment.tv_nsec)
    }
}
