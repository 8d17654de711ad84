package import Model

/// Events that wait, in pieces, so that their memory grows without being copied; it is used again.
package struct EventPieces {
    /// How many events a piece holds, at most.
    static let length = 4096

    private var filled: [[KernelEvent]] = []
    /// Pieces without events.
    private var spare: [[KernelEvent]] = []

    /// None.
    package init() {}

    /// How many events.
    package var count: Int { filled.reduce(0) { $0 + $1.count } }

    /// Takes events from a ring until a piece is full, and tells whether more may be there.
    mutating func fill(from ring: inout EventRing) -> Bool {
        if filled.last.map({ $0.count == Self.length }) ?? true {
            var piece = spare.popLast() ?? []
            piece.reserveCapacity(Self.length)
            filled.append(piece)
        }
        let last = filled.count - 1
        return ring.take(atMost: Self.length - filled[last].count, into: &filled[last])
    }

    /// The pieces, the oldest first.
    package mutating func take() -> [[KernelEvent]] {
        defer { filled = [] }
        return filled
    }

    /// Keeps what was taken, emptied, for what comes; but one at each time, so that what a storm took goes
    /// bit by bit.
    mutating func reuse(_ empty: [[KernelEvent]]) {
        spare += empty
        _ = spare.popLast()
    }
}
