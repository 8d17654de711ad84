/// Finds the place of a socket by a key: open addressing with linear probing, so that a look-up is
/// a cache line of the index and one of what it leads to. Keys are not kept: a place is believed
/// when the asker finds there what it looks for. Several places may have one key.
struct SlotIndex {
    /// Free cells hold 0; others the key's upper half and, below it, the place and 1.
    private var cells: ContiguousArray<UInt64> = ContiguousArray(repeating: 0, count: 16)
    private var count = 0
    /// By how much a cell's number is less than its upper half: 64 less the binary digits of it.
    private var shift: UInt64 = 60

    /// The cell in which a search for what a cell holds begins.
    private func home(_ cell: UInt64) -> Int { Int(truncatingIfNeeded: cell &>> shift) }

    /// The place with this key that fits; keys are spread over all 64 bits.
    @inline(__always)
    func find(_ key: UInt64, where fits: (Int) -> Bool) -> Int? {
        let mask = cells.count - 1
        var number = home(key)
        while true {
            let cell = cells[number]
            if cell == 0 { return nil }
            if (cell ^ key) &>> 32 == 0 {
                let slot = Self.slot(cell)
                if fits(slot) { return slot }
            }
            number = (number + 1) & mask
        }
    }

    /// Adds a place.
    mutating func insert(_ key: UInt64, _ slot: Int) {
        // A quarter of the cells stays free: searches stay short.
        if (count + 1) * 4 > cells.count * 3 { grow() }
        put(key & ~0xffff_ffff | UInt64(truncatingIfNeeded: slot + 1) & 0xffff_ffff)
        count += 1
    }

    /// Takes a place away; nothing happens where it is not there.
    mutating func remove(_ key: UInt64, _ slot: Int) {
        let mask = cells.count - 1
        var hole = home(key)
        while cells[hole] != 0, Self.slot(cells[hole]) != slot { hole = (hole + 1) & mask }
        guard cells[hole] != 0 else { return }
        count -= 1
        // What lies behind moves up unless it would pass its home (Knuth, TAOCP 3, 6.4 R).
        var next = (hole + 1) & mask
        while cells[next] != 0 {
            let distance = (next - home(cells[next])) & mask
            if distance >= (next - hole) & mask {
                cells[hole] = cells[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        cells[hole] = 0
    }

    private static func slot(_ cell: UInt64) -> Int {
        Int(truncatingIfNeeded: cell & 0xffff_ffff) - 1
    }

    private mutating func put(_ cell: UInt64) {
        let mask = cells.count - 1
        var number = home(cell)
        while cells[number] != 0 { number = (number + 1) & mask }
        cells[number] = cell
    }

    private mutating func grow() {
        let old = cells
        cells = ContiguousArray(repeating: 0, count: old.count * 2)
        shift -= 1
        for cell in old where cell != 0 { put(cell) }
    }
}
