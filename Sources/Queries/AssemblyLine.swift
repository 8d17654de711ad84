import Dispatch
import Synchronization

/// Numbered pieces that several workers make on threads of their own, and that are taken in their
/// order as soon as they are there.
final class AssemblyLine<Piece: Sendable>: Sendable {
    private struct State: ~Copyable {
        /// The piece that is begun next.
        var next = 0
        var finished: [Int: Result<Piece, any Error>] = [:]
    }

    private let count: Int
    private let state = Mutex(State())
    /// One for each piece that may be there at once, begun or finished.
    private let room = DispatchSemaphore(value: 0)
    /// One for each piece that was finished since somebody waited for it.
    private let arrivals = DispatchSemaphore(value: 0)
    private let workers = DispatchGroup()

    /// So many pieces, each made by one of so many workers.
    init(
        of count: Int, by number: Int,
        _ make: @escaping @Sendable (_ worker: Int, _ place: Int) throws -> Piece
    ) {
        self.count = count
        // Signalled, not begun with: Dispatch wants what a semaphore began with back at its end, and a
        // line that stops leaves pieces.
        for _ in 0..<(2 * number) { room.signal() }
        for worker in 0..<number {
            DispatchQueue.global().async(group: workers) { [self] in
                work { place in try make(worker, place) }
            }
        }
    }

    /// Takes each piece, in their order; no more are made once one fails, or is refused.
    func each(_ body: (Piece) throws -> Void) throws {
        defer { stop() }
        for place in 0..<count {
            try body(try piece(place).get())
            room.signal()
        }
    }

    private func piece(_ place: Int) -> Result<Piece, any Error> {
        while true {
            if let piece = state.withLock({ $0.finished.removeValue(forKey: place) }) {
                return piece
            }
            arrivals.wait()
        }
    }

    private func stop() {
        state.withLock { $0.next = count }
        // A worker that finds nothing to begin lets the next one look.
        room.signal()
        workers.wait()
    }

    private func work(_ make: (Int) throws -> Piece) {
        while true {
            room.wait()
            guard let place = begin() else {
                room.signal()
                return
            }
            let piece = Result { try make(place) }
            state.withLock { $0.finished[place] = piece }
            arrivals.signal()
        }
    }

    private func begin() -> Int? {
        state.withLock { state in
            guard state.next < count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }
}
