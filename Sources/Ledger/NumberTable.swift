/// Values by number, for the ledger's own indices: what a dictionary does, without a keyed hash for
/// each look. Cookies and marks of 4-tuples are no one's to choose at will, and are mixed here.
struct NumberTable<Value> {
    private struct Cell {
        var key: UInt64
        /// nil: free.
        var value: Value?
    }

    private static var least: Int { 16 }
    private static var roomy: Int { 4096 }

    private var cells: ContiguousArray<Cell>
    private(set) var count = 0

    init() { cells = Self.free(Self.least) }

    var isEmpty: Bool { count == 0 }

    private static func free(_ size: Int) -> ContiguousArray<Cell> {
        ContiguousArray(repeating: Cell(key: 0, value: nil), count: size)
    }

    subscript(key: UInt64) -> Value? {
        get { count == 0 ? nil : cells[place(of: key)].value }
        set {
            guard let newValue else { return remove(key) }
            if (count + 1) * 4 > cells.count * 3 { rebuild(cells.count * 2) { _ in true } }
            let place = place(of: key)
            if cells[place].value == nil { count += 1 }
            cells[place] = Cell(key: key, value: newValue)
        }
    }

    /// What there is, in no order.
    var elements: [(key: UInt64, value: Value)] {
        guard count > 0 else { return [] }
        return cells.compactMap { cell in cell.value.map { (cell.key, $0) } }
    }

    /// Takes a value out.
    mutating func removeValue(forKey key: UInt64) -> Value? {
        guard let value = self[key] else { return nil }
        remove(key)
        return value
    }

    /// Forgets all, and the room that many took.
    mutating func removeAll() {
        guard count > 0 || cells.count > Self.roomy else { return }
        if cells.count > Self.roomy {
            cells = Self.free(Self.least)
        } else {
            for place in cells.indices { cells[place].value = nil }
        }
        count = 0
    }

    /// Forgets what does not fit.
    mutating func keep(where fits: (Value) -> Bool) {
        guard count > 0 else { return }
        var size = cells.count
        while size > Self.least, count * 8 < size { size /= 2 }
        rebuild(size, where: fits)
    }

    private mutating func rebuild(_ size: Int, where fits: (Value) -> Bool) {
        let old = cells
        cells = Self.free(size)
        count = 0
        for cell in old {
            guard let value = cell.value, fits(value) else { continue }
            cells[place(of: cell.key)] = cell
            count += 1
        }
    }

    /// Where the key is, or would be.
    private func place(of key: UInt64) -> Int {
        let mask = cells.count - 1
        var place = Int(truncatingIfNeeded: key.mixed) & mask
        while cells[place].value != nil, cells[place].key != key { place = (place + 1) & mask }
        return place
    }

    private mutating func remove(_ key: UInt64) {
        guard count > 0 else { return }
        var hole = place(of: key)
        guard cells[hole].value != nil else { return }
        count -= 1
        let mask = cells.count - 1
        var next = (hole + 1) & mask
        // What lies behind moves up unless it would pass its home (Knuth, TAOCP 3, 6.4 R).
        while cells[next].value != nil {
            let home = Int(truncatingIfNeeded: cells[next].key.mixed) & mask
            if (next - home) & mask >= (next - hole) & mask {
                cells[hole] = cells[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        cells[hole].value = nil
    }
}
