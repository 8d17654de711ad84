/// Walks one tree of a damaged file and hands on every record that it can reach.
struct TreeWalk {
    /// Numbers of rows that may have been in a page that was lost.
    struct Missing: Equatable {
        var after: Int64
        /// The last of them; nil where the tree does not tell.
        var through: Int64?

        func contains(_ rowID: Int64) -> Bool { rowID > after && rowID <= through ?? .max }
    }

    /// A record, and the row's number in a table that has them.
    typealias Take = (_ values: [StoredValue], _ rowID: Int64?) throws -> Void

    private struct Step {
        var page: Int
        var bounds: Missing
    }

    let file: PageFile
    let isTable: Bool
    /// The pages that were reached, by any walk.
    private(set) var reached: Set<Int>
    /// What lay in pages that cannot be made out, one entry a page.
    private(set) var missing: [Missing] = []
    /// Records in sound pages that are themselves unsound.
    private(set) var unsound = 0

    init(_ file: PageFile, isTable: Bool, reached: Set<Int>) {
        self.file = file
        self.isTable = isTable
        self.reached = reached
    }

    /// Walks from a root; each page is taken once, so that it ends whatever the pages say.
    mutating func walk(from root: Int, _ take: Take) throws {
        var steps = [Step(page: root, bounds: Missing(after: .min, through: nil))]
        while let step = steps.popLast() {
            guard reached.insert(step.page).inserted, let octets = file.page(step.page),
                let page = TreePage(octets, number: step.page), page.kind.isTable == isTable
            else {
                missing.append(step.bounds)
                continue
            }
            if page.isDamaged { missing.append(step.bounds) }
            if page.kind.isLeaf || !isTable { try read(page, octets, step.bounds, take) }
            if !page.kind.isLeaf { steps += below(page, step.bounds).reversed() }
        }
    }

    private func below(_ page: TreePage, _ bounds: Missing) -> [Step] {
        var after = bounds.after
        var steps: [Step] = []
        for cell in page.cells {
            guard let child = cell.child else { continue }
            let through = cell.rowID
            // A number out of order is a damaged cell; its page is followed, its number is not.
            let isOrdered = through.map { $0 > after && $0 <= bounds.through ?? .max } ?? false
            steps.append(
                Step(
                    page: child,
                    bounds: Missing(after: after, through: isOrdered ? through : bounds.through)))
            if isOrdered { after = through ?? after }
        }
        if let last = page.rightChild {
            steps.append(Step(page: last, bounds: Missing(after: after, through: bounds.through)))
        }
        return steps
    }

    /// Hands on the records of a page.
    private mutating func read(
        _ page: TreePage, _ octets: [UInt8], _ bounds: Missing, _ take: Take
    ) throws {
        for cell in page.cells {
            guard cell.rowID.map(bounds.contains) ?? true, let record = record(cell, octets),
                let values = StoredRecord.values(record)
            else {
                unsound += 1
                continue
            }
            try take(values, cell.rowID)
        }
    }

    /// Hands on the records of a page that no tree shows.
    mutating func readStray(_ page: TreePage, _ octets: [UInt8], _ take: Take) throws {
        for cell in page.cells {
            guard let record = record(cell, octets), let values = StoredRecord.values(record) else {
                continue
            }
            try take(values, cell.rowID)
        }
    }

    /// A record with what of it lies in further pages; nil where these are broken.
    private mutating func record(_ cell: TreePage.Cell, _ octets: [UInt8]) -> [UInt8]? {
        var record = Array(octets[cell.local])
        var next = cell.overflow
        var seen: Set<Int> = []
        while record.count < cell.payloadCount {
            guard seen.insert(next).inserted, let page = file.page(next) else { return nil }
            reached.insert(next)
            record += page.dropFirst(4).prefix(cell.payloadCount - record.count)
            next = page.number(at: 0, octets: 4) ?? 0
        }
        return record
    }
}
