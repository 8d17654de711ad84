/// What is to be done when: a heap of steps in the order of their times.
struct Agenda {
    private var heap: [(due: Int64, number: Int, step: (inout Agenda) throws -> Void)] = []
    private var numbers = 0
    private let start = Moment.steady()

    /// Adds a step, ms after the one that runs, or after the start.
    mutating func after(_ milliseconds: Int, _ step: @escaping (inout Agenda) throws -> Void) {
        insert((running ?? start) + Int64(milliseconds) * 1000, step)
    }

    /// Does all, those that are added on the way too.
    mutating func run() throws {
        while let next = removeFirst() {
            Moment.wait(until: next.due)
            running = Moment.steady()
            try next.step(&self)
        }
    }

    /// When the step that runs began; nil before the first.
    private var running: Int64?

    private mutating func insert(
        _ due: Int64, _ step: @escaping (inout Agenda) throws -> Void
    ) {
        heap.append((due, numbers, step))
        numbers += 1
        var child = heap.count - 1
        while child > 0, isEarlier(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeFirst() -> (due: Int64, step: (inout Agenda) throws -> Void)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && isEarlier(child, least) {
                least = child
            }
            guard least != parent else { return (first.due, first.step) }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isEarlier(_ one: Int, _ other: Int) -> Bool {
        (heap[one].due, heap[one].number) < (heap[other].due, heap[other].number)
    }
}
