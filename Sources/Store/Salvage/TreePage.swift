/// One page of a tree of tables or indexes, as far as it can be made out.
struct TreePage {
    /// What the first octet says.
    enum Kind: UInt8 {
        case indexInterior = 2
        case tableInterior = 5
        case indexLeaf = 10
        case tableLeaf = 13

        var isLeaf: Bool { self == .indexLeaf || self == .tableLeaf }
        var isTable: Bool { self == .tableInterior || self == .tableLeaf }
    }

    /// What a page holds in one place.
    struct Cell {
        /// The page below, of an interior page.
        var child: Int?
        /// Of a table: the row's number, or the greatest below.
        var rowID: Int64?
        /// Octets of the record in all, and where its beginning lies.
        var payloadCount = 0
        var local = 0..<0
        /// Where the record goes on; 0 where all is here.
        var overflow = 0
        /// All that the cell takes.
        var extent = 0..<0
    }

    let kind: Kind
    /// Those that can be made out, in the page's order.
    private(set) var cells: [Cell] = []
    /// The page below and behind the last cell.
    let rightChild: Int?
    /// Whether something of it could not be made out.
    private(set) var isDamaged = false

    /// nil where it is no page of a tree; 512 octets is the least that a page has.
    init?(_ page: [UInt8], number: Int) {
        let start = number == 1 ? 100 : 0
        guard page.count >= 512, let kind = Kind(rawValue: page[start]),
            let count = page.number(at: start + 3, octets: 2)
        else { return nil }
        self.kind = kind
        rightChild = kind.isLeaf ? nil : page.number(at: start + 8, octets: 4)
        let pointers = start + (kind.isLeaf ? 8 : 12)
        let end = pointers + 2 * count
        guard end <= page.count else { return nil }
        for place in 0..<count {
            if let offset = page.number(at: pointers + 2 * place, octets: 2), offset >= end,
                let cell = Self.cell(page, at: offset, kind)
            {
                cells.append(cell)
            } else {
                isDamaged = true
            }
        }
        dropOverlaps()
    }

    /// Two cells in one place: which of them is the true one cannot be told.
    private mutating func dropOverlaps() {
        let order = cells.indices.sorted {
            cells[$0].extent.lowerBound < cells[$1].extent.lowerBound
        }
        var dropped: Set<Int> = []
        for (before, after) in zip(order, order.dropFirst())
        where cells[before].extent.upperBound > cells[after].extent.lowerBound {
            dropped.formUnion([before, after])
        }
        guard !dropped.isEmpty else { return }
        isDamaged = true
        cells = cells.indices.filter { !dropped.contains($0) }.map { cells[$0] }
    }

    private static func cell(_ page: [UInt8], at offset: Int, _ kind: Kind) -> Cell? {
        var cell = Cell()
        var place = offset
        if !kind.isLeaf {
            guard let child = page.number(at: place, octets: 4) else { return nil }
            cell.child = child
            place += 4
        }
        if kind != .tableInterior {
            guard let (count, end) = page.varint(at: place), count >= 0, count <= 64 << 20 else {
                return nil
            }
            cell.payloadCount = Int(count)
            place = end
        }
        if kind.isTable {
            guard let (rowID, end) = page.varint(at: place) else { return nil }
            cell.rowID = rowID
            place = end
        }
        let local = localCount(of: cell.payloadCount, kind, usable: page.count)
        var end = place + local
        if local < cell.payloadCount {
            guard let overflow = page.number(at: end, octets: 4) else { return nil }
            cell.overflow = overflow
            end += 4
        }
        guard end <= page.count else { return nil }
        cell.local = place..<place + local
        cell.extent = offset..<end
        return cell
    }

    /// How much of a record lies in the page itself (section 1.6).
    private static func localCount(of payload: Int, _ kind: Kind, usable: Int) -> Int {
        let most = kind.isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
        guard payload > most else { return payload }
        let least = (usable - 12) * 32 / 255 - 23
        let fitting = least + (payload - least) % (usable - 4)
        return fitting <= most ? fitting : least
    }
}
