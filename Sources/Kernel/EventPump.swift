internal import Glibc
package import Model
internal import Synchronization

/// The kernel's events, drained by a thread of its own, so that the kernel's 8 MiB never wait for
/// who takes them. The programs run and events wait until this goes.
///
/// At most 256 MiB of events wait here. When they are full, the thread leaves the kernel's ring
/// alone: it fills too, and the kernel counts exactly, and by group, what finds no room in it.
package final class EventPump: Sendable {
    /// The name that the view `sources` gives.
    package let name = "bpf"
    /// What it cannot tell here, and why.
    package let notes: [SourceNote]
    /// Why the timers of mini-sockets are not told; nil when they are.
    package let withoutTimers: KernelError?

    /// How long the thread sleeps: the ring holds what happens meanwhile, without a wake-up
    /// for each event, which would cost more than all the rest.
    private static let pauseNanoseconds = 20_000_000

    private let reservoir: EventReservoir
    private let worker: Worker
    private let thread: Mutex<pthread_t?>

    /// Loads the programs and begins, for one network namespace by its cookie or for all; throws
    /// why that is not possible here.
    package convenience init(onlyNamespace: UInt64? = nil) throws(KernelError) {
        try self.init(
            EventSource(onlyNamespace: onlyNamespace), capacity: EventReservoir.capacity)
    }

    /// Begins with a source, of which nobody else knows, and so many events that may wait.
    package init(_ source: sending EventSource, capacity: Int) throws(KernelError) {
        notes = source.notes
        withoutTimers = source.withoutTimers
        reservoir = EventReservoir(source, capacity: capacity)
        let worker = Worker(reservoir)
        self.worker = worker
        thread = Mutex(try OwnThread.start { worker.run() })
    }

    deinit { stop() }

    /// Hands over all that happened before this call began, in pieces, each socket's events in
    /// their order.
    package func take(into consume: ([KernelEvent]) -> Void) {
        var pieces = reservoir.takeAll()
        for index in pieces.indices {
            if !pieces[index].isEmpty { consume(pieces[index]) }
            pieces[index].removeAll(keepingCapacity: true)
        }
        reservoir.reuse(pieces)
    }

    /// What could not be told since the source began, shed events not among it.
    package var lost: EventLoss { reservoir.lost }

    /// What it cost since it began: the programs, and the drains by the thread and by `take`.
    package var cost: EventCost { reservoir.cost }

    /// How much is told from now on.
    package var detail: EventDetail {
        get { reservoir.detail }
        set { reservoir.detail = newValue }
    }

    /// Octets of events that wait to be taken.
    package var backlogOctets: Int64 { reservoir.backlogOctets }

    /// Ends the thread, within its pause; what happens later still comes by `take`, as long as the ring holds it.
    package func stop() {
        guard let ended = thread.withLock({ $0.take() }) else { return }
        worker.isOver.store(true, ordering: .relaxed)
        OwnThread.join(ended)
    }
}

extension EventPump {
    /// What the thread works with. It does not hold the pump, which could not end otherwise.
    private final class Worker: Sendable {
        /// Whether the thread shall end.
        let isOver = Atomic(false)
        private let reservoir: EventReservoir

        init(_ reservoir: EventReservoir) { self.reservoir = reservoir }

        func run() {
            var pause = timespec(tv_sec: 0, tv_nsec: EventPump.pauseNanoseconds)
            while !isOver.load(ordering: .relaxed) {
                // Unsafe: the struct is on the stack for the length of the call.
                _ = unsafe nanosleep(&pause, nil)
                reservoir.fill()
            }
        }
    }
}
