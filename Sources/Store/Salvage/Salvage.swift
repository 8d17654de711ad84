import GRDB

/// Carries every row that can be read from a damaged file into a fresh one.
final class Salvage {
    /// Tables by the name of what SQLite itself made for their texts.
    private static let addressIndex = "sqlite_autoindex_address_1"

    let file: PageFile
    let database: Database
    let layouts: [TableLayout]
    private let roots: [String: Int]
    /// Told now and then; what it throws ends the work.
    let proceed: () throws -> Void
    private(set) var report = SalvageReport()
    /// Pages that a tree shows.
    private var reached: Set<Int> = []
    /// What each table's tree misses.
    private var missing: [String: [TreeWalk.Missing]] = [:]

    init(_ file: PageFile, into database: Database, _ proceed: @escaping () throws -> Void) throws {
        self.file = file
        self.database = database
        self.proceed = proceed
        layouts = try TableLayout.all(in: database)
        var schema = TreeWalk(file, isTable: true, reached: [])
        var roots: [String: Int] = [:]
        try schema.walk(from: 1) { values, _ in
            if values.count == 5, case .text(let name) = values[1],
                case .integer(let root) = values[3]
            {
                roots[name] = Int(clamping: root)
            }
        }
        self.roots = roots
        reached = schema.reached
        if !schema.missing.isEmpty {
            report.notes.append("the file's own list of its tables is damaged")
        }
        if file.unfinishedFrames > 0 {
            report.notes.append(
                "the write-ahead log ends in \(file.unfinishedFrames) pages of unfinished or torn "
                    + "transactions")
        }
    }

    /// Carries over what trees show, then what lies in pages that no tree shows any more.
    func carry() throws {
        for layout in layouts { try carry(layout) }
        try readIndexes()
        try carryStrays()
        for layout in layouts {
            let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(layout.name)") ?? 0
            change(layout.name) { $0.salvaged = rows }
        }
    }

    /// Notes what else became of a table.
    func change(_ table: String, _ body: (inout SalvageReport.Table) -> Void) {
        guard let place = report.tables.firstIndex(where: { $0.name == table }) else { return }
        body(&report.tables[place])
    }

    /// Notes a sentence.
    func note(_ text: String) { report.notes.append(text) }

    private func carry(_ layout: TableLayout) throws {
        report.tables.append(SalvageReport.Table(name: layout.name))
        let insert = try BoundStatement(database, layout.insertSQL)
        var walk = TreeWalk(file, isTable: layout.hasRowID, reached: reached)
        var refused = 0
        try walk.walk(from: roots[layout.name] ?? layout.root) { values, number in
            try proceed()
            guard let row = layout.row(values, number: number) else {
                refused += 1
                return
            }
            if try !take(row, insert) { refused += 1 }
        }
        reached = walk.reached
        missing[layout.name] = walk.missing
        change(layout.name) { table in
            table.leftOut = refused + walk.unsound
            table.pagesLost = walk.missing.count
        }
    }

    private func take(_ row: [StoredValue], _ insert: BoundStatement) throws -> Bool {
        for value in row {
            switch value {
            case .integer(let number): insert.bind(number)
            case .text(let text): insert.bind(text)
            default: insert.bind(nil as Int64?)
            }
        }
        try insert.run()
        return database.changesCount > 0
    }

    /// Indexes hold some of a row again: an address is in its index whole.
    private func readIndexes() throws {
        for (name, root) in roots where !layouts.contains(where: { $0.name == name }) {
            let isAddress = name == Self.addressIndex && missing["address"]?.isEmpty == false
            var walk = TreeWalk(file, isTable: false, reached: reached)
            let insert = try BoundStatement(
                database,
                "INSERT OR IGNORE INTO address (address_id, family, address) VALUES (?, ?, ?)")
            try walk.walk(from: root) { values, _ in
                guard isAddress, values.count == 2, case .text(let address) = values[0],
                    case .integer(let number) = values[1]
                else { return }
                let family: Int64 = address.contains(":") ? 6 : 4
                _ = try take([.integer(number), .integer(family), .text(address)], insert)
            }
            reached = walk.reached
        }
    }

    /// Leaves whose way from the root is broken. Their rows belong to the one broken table that
    /// they fit, and whose missing numbers they have.
    private func carryStrays() throws {
        // Live and ended connections look alike; more have ended.
        let broken = layouts.filter { missing[$0.name]?.isEmpty == false }.reversed()
        guard !broken.isEmpty else { return }
        let free = file.freePages()
        let inserts = try broken.map { try BoundStatement(database, $0.insertSQL) }
        for number in stride(from: 2, through: file.pageCount, by: 1)
        where !reached.contains(number) && !free.contains(number) {
            try proceed()
            guard let octets = file.page(number), let page = TreePage(octets, number: number),
                page.kind != .tableInterior
            else { continue }
            var walk = TreeWalk(file, isTable: page.kind.isTable, reached: [])
            try walk.readStray(page, octets) { values, rowID in
                for (layout, insert) in zip(broken, inserts) {
                    guard let row = layout.row(values, number: rowID, isStray: true),
                        isMissing(rowID, in: layout.name)
                    else { continue }
                    _ = try take(row, insert)
                    return
                }
            }
        }
    }

    private func isMissing(_ rowID: Int64?, in table: String) -> Bool {
        guard let rowID else { return true }
        return missing[table]?.contains { $0.contains(rowID) } ?? false
    }

    /// How many rows the lost pages can have held, now that all that was found is there.
    func boundLosses() throws {
        for layout in layouts {
            guard let number = layout.numberPlace.map({ layout.columns[$0].name }) else {
                if missing[layout.name]?.isEmpty == false {
                    change(layout.name) { $0.lostAtMost = nil }
                }
                continue
            }
            var most: Int64? = 0
            for range in merged(missing[layout.name] ?? []) {
                let found =
                    try Int64.fetchOne(
                        database,
                        sql: """
                            SELECT count(*) FROM \(layout.name)
                            WHERE \(number) > ?1 AND (?2 IS NULL OR \(number) <= ?2)
                            """, arguments: [max(range.after, 0), range.through]) ?? 0
                guard let through = range.through, let sum = most else {
                    most = nil
                    break
                }
                most = sum + max(0, through - max(range.after, 0) - found)
            }
            change(layout.name) { $0.lostAtMost = most }
        }
    }

    /// A damaged page and one beneath it miss the same numbers.
    private func merged(_ ranges: [TreeWalk.Missing]) -> [TreeWalk.Missing] {
        var result: [TreeWalk.Missing] = []
        for range in ranges.sorted(by: { $0.after < $1.after }) {
            guard let last = result.last, last.through ?? .max > range.after else {
                result.append(range)
                continue
            }
            guard let end = last.through, let other = range.through else {
                result[result.count - 1].through = nil
                continue
            }
            result[result.count - 1].through = max(end, other)
        }
        return result
    }
}
